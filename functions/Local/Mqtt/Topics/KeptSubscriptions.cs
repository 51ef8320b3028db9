using Serverless.Domain.Topics;

namespace Serverless.Local.Mqtt.Topics;

/// <summary>A subscription of a persistent session, as it is kept.</summary>
/// <param name="Filter">The filter, its client's credentials left out.</param>
/// <param name="Qos">0 or 1.</param>
public sealed record KeptSubscription(string Filter, int Qos);

/// <summary>
/// The filters of a client as they are stored. A level that is the client's password (some vendors' topics begin with a token) is a secret: what is stored in its place is no valid filter, so that it cannot
/// be mistaken for a level of the client's own, and is what the client presents when it comes back.
/// </summary>
internal static class KeptFilters
{
    private const string Password = "#password";
    private const string UserName = "#user";

    public static string Keep(string filter, TopicClient client) =>
        Map(
            filter,
            level =>
                level.Length == 0 ? level
                : level == client.Password ? Password
                : level == client.UserName ? UserName
                : level
        );

    /// <returns>The filter, or null where the client no longer presents what belongs in it.</returns>
    public static string? Restore(string kept, TopicClient client)
    {
        var whole = true;
        var filter = Map(
            kept,
            level =>
                level switch
                {
                    Password => Present(client.Password),
                    UserName => Present(client.UserName),
                    _ => level,
                }
        );
        return whole ? filter : null;

        string Present(string? credential)
        {
            whole &= !string.IsNullOrEmpty(credential);
            return credential ?? "";
        }
    }

    private static string Map(string filter, Func<string, string> map) => string.Join('/', filter.Split('/').Select(map));
}
