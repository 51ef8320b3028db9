using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;

namespace Serverless.App.Triggers.Telemetry;

/// <summary>
/// The telemetry function: POST /telemetry by the Functions host with a batch of Event Hubs messages. It answers 200 and {} once everything is durable, as data or as
/// dead letter: an empty answer would hang the host, and a failure makes it checkpoint the batch away once its retries end. Only where the store is away it answers
/// 503, so that the function's endless retry brings the batch again.
/// </summary>
internal sealed partial class TelemetryFunction(
    ITelemetryIngest ingest,
    DeadLetters deadLetters,
    TimeProvider time,
    ILogger<TelemetryFunction> logger
)
{
    public const string Path = "/telemetry";

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
            await TakeAsync(body, context.RequestAborted);
        }
        catch (StoreUnavailableException away)
        {
            StoreAway(away);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }

        await HostInvocation.AnswerAsync(context);
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var read = EventHubsBatch.Read(body, time.GetUtcNow());
        var unreadable = read.Where(item => item.Unreadable is not null).ToList();
        if (unreadable.Count > 0)
        {
            var letters = unreadable.ConvertAll(item => DeadLetters.Of(item.Message, item.Unreadable!));
            await deadLetters.AddAsync(Partitions.System, letters, cancellation);
        }

        var messages = read.Where(item => item.Unreadable is null).Select(item => item.Message).ToList();
        if (messages.Count > 0)
        {
            await ingest.IngestAsync(messages, cancellation);
        }
    }

    [LoggerMessage(2, LogLevel.Error, "The store cannot take the batch; the host will bring it again")]
    private partial void StoreAway(Exception exception);
}
