using System.Net;
using Azure;
using Azure.Identity;
using Microsoft.Azure.Cosmos;
using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>Cosmos DB's answers (https://learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb) as the exceptions of the
/// port.</summary>
internal static class CosmosErrors
{
    private const int RetryWith = 449;
    private const int MessageLength = 300;

    /// <summary>Whether an exception of the SDK says that the service is away, and not that the caller gave up.</summary>
    public static bool IsAway(Exception exception, CancellationToken cancellation) =>
        exception switch
        {
            OperationCanceledException => !cancellation.IsCancellationRequested,
            CosmosException or HttpRequestException or IOException or TimeoutException => true,
            AuthenticationFailedException or RequestFailedException => true,
            _ => false,
        };

    /// <summary>Whether the status is one of the port's conflicts: the item is there, is missing, or is another version.</summary>
    /// <remarks>A 404 with a sub-status is about something else than the item: 1003 the container, 1002 a replica that lags
    /// behind.</remarks>
    public static bool IsRefusal(HttpStatusCode status, string? subStatus) =>
        status is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed
        || (status == HttpStatusCode.NotFound && (subStatus is null or "" or "0"));

    /// <summary>Whether a write with this status may have been applied all the same.</summary>
    public static bool IsUnknown(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.Gone
        || ((int)status >= 500 && status != HttpStatusCode.InsufficientStorage);

    /// <summary>What a failure that is no conflict means.</summary>
    public static Exception ToException(HttpStatusCode status, string? message, Exception? inner = null)
    {
        var reason = $"{(int)status}: {Shorten(message)}";
        return status switch
        {
            HttpStatusCode.RequestEntityTooLarge => Refused("takes documents and commits of up to 2 MB", "request"),
            HttpStatusCode.BadRequest => Refused("refused the request", "request"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Unavailable("does not let this identity in"),
            HttpStatusCode.NotFound => Unavailable("has no such database or container"),
            HttpStatusCode.TooManyRequests => Unavailable("throttles: its request units are used up"),
            HttpStatusCode.RequestTimeout => Unavailable("does not answer in time"),
            (HttpStatusCode)RetryWith => Unavailable("is busy with other writes of the same documents"),
            _ => Unavailable("is away"),
        };

        ArgumentException Refused(string what, string parameter) => new($"Cosmos DB {what} ({reason}).", parameter, inner);

        StoreUnavailableException Unavailable(string what) => new($"Cosmos DB {what} ({reason}).", inner);
    }

    /// <summary>What an exception for which <see cref="IsAway"/> holds means.</summary>
    public static Exception ToException(Exception exception) =>
        exception is CosmosException cosmos
            ? ToException(cosmos.StatusCode, cosmos.ResponseBody, cosmos)
            : new StoreUnavailableException($"Cosmos DB cannot be reached ({Shorten(exception.Message)}).", exception);

    // The SDK's messages go on with pages of diagnostics.
    private static string Shorten(string? message)
    {
        var line = message?.Split('\n', 2)[0].Trim() ?? "";
        return line.Length > MessageLength ? line[..MessageLength] : line;
    }
}
