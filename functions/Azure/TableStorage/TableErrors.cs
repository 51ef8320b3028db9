using System.Text.Json;
using Azure;
using Serverless.Domain.Documents;

namespace Serverless.Azure.TableStorage;

/// <summary>Failures of the service as the exceptions of the ports. Their messages have the service's address without its query, and no header.</summary>
internal static class TableErrors
{
    /// <summary>Whether a status says that the service cannot answer now.</summary>
    public static bool IsAway(int status) => status is 408 or 429 or >= 500;

    public static StoreUnavailableException NotReached(Uri service, Exception inner) =>
        new($"Table Storage at {service.Host} cannot be reached: {FirstOf(inner).Message}", inner);

    /// <summary>The exception for what no caller can handle: unavailable where another time or another role may help, else a defect.</summary>
    public static Exception ToException(Uri service, TableError error) =>
        IsAway(error.Status) || error.IsConflict ? Unavailable(service, $"cannot answer now ({error.Status} {error.Code})")
        : error.Status is 401 or 403 ? Unavailable(service, $"may not be accessed with this identity ({error.Status} {error.Code})")
        : new InvalidOperationException($"Table Storage at {service.Host} refused a request: {error.Status} {error.Code}.");

    /// <summary>The refusal in a response that is not of a transaction.</summary>
    public static TableError Of(Response response) =>
        new(response.Status, response.Headers.TryGetValue("x-ms-error-code", out var code) ? code : CodeIn(response.Content));

    /// <summary>The code in a body such as {"odata.error":{"code":"TableNotFound","message":{...}}}; empty where there is none.</summary>
    public static string CodeIn(BinaryData body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("odata.error", out var error) && error.TryGetProperty("code", out var code)
                ? code.GetString() ?? ""
                : "";
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // A proxy or a balancer on the way answers in a form of its own.
            return "";
        }
    }

    private static StoreUnavailableException Unavailable(Uri service, string what) => new($"Table Storage at {service.Host} {what}.");

    private static Exception FirstOf(Exception exception) =>
        exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception;
}
