using System.Text.Json;
using Serverless.Domain.Events;

namespace Serverless.App.Triggers.Events;

/// <summary>
/// The events function: POST /events by the Functions host with what Event Grid delivers. It answers 200 once every handler has the event; where one fails, or the event cannot be read, 500: Event Grid
/// then brings it again, and in the end puts it into its container of dead letters.
/// </summary>
internal sealed partial class EventsFunction(IReadOnlyList<IEventHandler> handlers, ILogger<EventsFunction> logger)
{
    public const string Path = "/events";

    public async Task HandleAsync(HttpContext context)
    {
        if (!HostInvocation.IsGenuine(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var body = await HostInvocation.ReadAsync(context);
        try
        {
            foreach (var cloudEvent in Read(body))
            {
                foreach (var handler in handlers)
                {
                    await handler.HandleAsync(cloudEvent, context.RequestAborted);
                }
            }
        }
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
        {
            Failed(failure);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        await HostInvocation.AnswerAsync(context);
    }

    /// <summary>The events of an invocation, of the cardinality one or many.</summary>
    private static List<CloudEvent> Read(byte[] body)
    {
        using var invocation = InvocationBody.Parse(body);
        var value = InvocationBody.Unwrap(invocation.Data("event"));
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(CloudEventJson.Read)]
            : [CloudEventJson.Read(value)];
    }

    [LoggerMessage(60, LogLevel.Error, "An event cannot be handled now; Event Grid brings it again")]
    private partial void Failed(Exception exception);
}
