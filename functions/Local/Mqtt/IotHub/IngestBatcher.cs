using Microsoft.Extensions.Options;
using Serverless.Domain.Telemetry;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// Gathers what devices publish while a commit is under way, and sends it together in the next one. One commit runs at a time, so that a device's
/// messages stay in order; a batch is bounded by count and by bytes.
/// </summary>
internal sealed class IngestBatcher(ITelemetryIngest ingest, IOptions<MqttOptions> options)
{
    private sealed class Batch
    {
        public List<DeviceMessage> Messages { get; } = [];

        public long Bytes { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly int maximumMessages = options.Value.BatchMessages;
    private readonly int maximumBytes = options.Value.BatchBytes;
    private readonly Lock gate = new();
    private readonly Queue<Batch> waiting = new();
    private Batch? filling;
    private bool running;

    /// <returns>A task that completes when the message is durable, and fails where its batch's commit does.</returns>
    public Task AddAsync(DeviceMessage message)
    {
        lock (gate)
        {
            if (
                filling is null
                || filling.Messages.Count >= maximumMessages
                || (filling.Messages.Count > 0 && filling.Bytes + message.Body.Length > maximumBytes)
            )
            {
                filling = new Batch();
                waiting.Enqueue(filling);
            }

            filling.Messages.Add(message);
            filling.Bytes += message.Body.Length;
            var done = filling.Done.Task;
            if (!running)
            {
                running = true;
                _ = Task.Run(RunAsync);
            }

            return done;
        }
    }

    private async Task RunAsync()
    {
        while (Next() is { } batch)
        {
            try
            {
                // A commit is not given up because a device has gone.
                await ingest.IngestAsync(batch.Messages, CancellationToken.None);
                batch.Done.SetResult();
            }
            catch (Exception exception)
            {
                batch.Done.SetException(exception);
            }
        }
    }

    private Batch? Next()
    {
        lock (gate)
        {
            if (!waiting.TryDequeue(out var batch))
            {
                running = false;
                return null;
            }

            if (batch == filling)
            {
                filling = null;
            }

            return batch;
        }
    }
}
