using Serverless.Dialects.Cumulocity.Mqtt.Json;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Mqtt.Sessions;

/// <summary>What a topic that a client publishes to is for.</summary>
internal enum UpKind
{
    /// <summary>Rows of the static templates.</summary>
    Static,

    /// <summary>Rows of a collection's templates.</summary>
    Custom,

    /// <summary>Rows of the templates that the client's identifier names.</summary>
    Default,

    /// <summary>A collection is registered, or asked for.</summary>
    Registration,

    /// <summary>A token is asked for.</summary>
    Token,

    /// <summary>Credentials are asked for.</summary>
    Credentials,

    /// <summary>JSON.</summary>
    Json,
}

/// <summary>A topic that a client publishes to (reference 4).</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Mode">What is done with what is sent: s stores and tells, t tells, q stores, c does neither.</param>
/// <param name="Name">The collection of templates that the topic names, or null.</param>
/// <param name="Child">The external id of the device behind the client's own, or null for that itself.</param>
internal sealed record UpTopic(UpKind Kind, ProcessingMode Mode, string? Name, string? Child)
{
    /// <returns>The topic, or null where it is none of this API's.</returns>
    public static UpTopic? Parse(string topic)
    {
        if (JsonTopic.IsMeant(topic))
        {
            return new UpTopic(UpKind.Json, ProcessingMode.Persistent, null, null);
        }

        var levels = topic.Split('/');
        if (levels is not ["s" or "t" or "q" or "c", ..])
        {
            return null;
        }

        var mode = JsonTopic.ModeOf(levels[0]);
        return levels[1..] switch
        {
            ["us", .. var child] when IsChild(child) => new UpTopic(UpKind.Static, mode, null, Joined(child)),
            ["ud", .. var child] when IsChild(child) => new UpTopic(UpKind.Default, mode, null, Joined(child)),
            ["uc", { Length: > 0 } name, .. var child] when IsChild(child) => new UpTopic(UpKind.Custom, mode, name, Joined(child)),
            ["ut", { Length: > 0 } name] when levels[0] == "s" => new UpTopic(UpKind.Registration, mode, name, null),
            ["uat"] when levels[0] == "s" => new UpTopic(UpKind.Token, mode, null, null),
            ["ucr"] when levels[0] == "s" => new UpTopic(UpKind.Credentials, mode, null, null),
            _ => null,
        };
    }

    /// <summary>An external id may have slashes.</summary>
    private static string? Joined(string[] levels) => levels.Length == 0 ? null : string.Join('/', levels);

    private static bool IsChild(string[] levels) => levels.Length == 0 || levels[0].Length > 0;
}
