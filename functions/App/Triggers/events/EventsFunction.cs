using System.Text.Json;
using Serverless.Domain.Events;

namespace Serverless.App.Triggers.Events;

/// <summary>
/// The events function: POST /events by the Functions host with what Event Grid delivers. It answers 200 once every handler has the event; where one fails, or the event cannot be read, 500: Event Grid
/// then brings it again, and in the end puts it into its container of dead letters. Of several events one that fails holds up none of the others.
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
        var handled = true;
        try
        {
            foreach (var one in Read(body))
            {
                handled &= await TryAsync(one, context.RequestAborted);
            }
        }
        catch (JsonException unreadable)
        {
            Failed(unreadable);
            handled = false;
        }

        if (!handled)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        await HostInvocation.AnswerAsync(context);
    }

    /// <returns>Whether every handler has the event.</returns>
    private async Task<bool> TryAsync(JsonElement one, CancellationToken cancellation)
    {
        try
        {
            var cloudEvent = CloudEventJson.Read(one);
            foreach (var handler in handlers)
            {
                await handler.HandleAsync(cloudEvent, cancellation);
            }

            return true;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            Failed(failure);
            return false;
        }
    }

    /// <summary>The events of an invocation, of the cardinality one or many.</summary>
    /// <exception cref="JsonException">The body is no invocation.</exception>
    private static List<JsonElement> Read(byte[] body)
    {
        using var invocation = InvocationBody.Parse(body);
        var value = InvocationBody.Unwrap(invocation.Data("event"));
        return value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray().Select(one => one.Clone())],
            JsonValueKind.Undefined => throw new JsonException("The invocation has no event."),
            _ => [value.Clone()],
        };
    }

    [LoggerMessage(60, LogLevel.Error, "An event cannot be handled now; Event Grid brings it again")]
    private partial void Failed(Exception exception);
}
