using System.Text.Json;
using Serverless.Domain.Webhooks;

namespace Serverless.App.Triggers.Deliveries;

/// <summary>
/// The deliveries function: POST /deliveries by the Functions host with a message of the deliveries' queue, {"tenant","webhook","id"}. It makes the delivery's attempt where that is due, and queues it again
/// where another one follows. Where the store is away it answers 500, and the host brings the message again. A message that names no delivery is logged and dropped: what is due stands in the deliveries'
/// documents, where housekeeping finds it.
/// </summary>
internal sealed partial class DeliveriesFunction(DeliverySender sender, IDeliveryQueue queue, ILogger<DeliveriesFunction> logger)
{
    public const string Path = "/deliveries";

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
            if (Read(body) is not { } delivery)
            {
                Unreadable();
            }
            else if (await sender.SendAsync(delivery, context.RequestAborted) is { } again)
            {
                await queue.EnqueueAsync(delivery, again, context.RequestAborted);
            }
        }
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
        {
            Failed(failure);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        await HostInvocation.AnswerAsync(context);
    }

    /// <summary>The delivery that a message names. The host has the text as JSON in a JSON string, once or twice.</summary>
    private static DeliveryRef? Read(byte[] body)
    {
        try
        {
            using var invocation = InvocationBody.Parse(body);
            return DeliveryMessage.Read(InvocationBody.Unwrap(InvocationBody.Unwrap(invocation.Data("delivery"))));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(61, LogLevel.Error, "A message of the deliveries' queue names no delivery; it is dropped")]
    private partial void Unreadable();

    [LoggerMessage(62, LogLevel.Error, "A delivery cannot be sent now; the host brings it again")]
    private partial void Failed(Exception exception);
}
