using System.Diagnostics.Metrics;
using Serverless.Domain.Telemetry;

namespace Serverless.App.Hosting;

/// <summary>
/// Logs that messages of devices became dead letters: the first at once, those that follow together, once a minute at most. An alert of infra/modules/alerts.bicep looks
/// for "dead letters" in the log.
/// </summary>
internal sealed partial class DeadLetterLog : IHostedService, IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly MeterListener listener = new();
    private readonly TimeProvider time;
    private readonly ILogger<DeadLetterLog> logger;
    private long waiting;
    private long? last;

    public DeadLetterLog(TimeProvider time, ILogger<DeadLetterLog> logger)
    {
        (this.time, this.logger) = (time, logger);
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Name: TelemetryMetrics.DeadLettersName, Meter.Name: TelemetryMetrics.MeterName })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Add(count));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listener.Start();
        return Task.CompletedTask;
    }

    /// <summary>What the last minute has not told yet is told now.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        listener.Dispose();
        lock (gate)
        {
            Tell();
        }

        return Task.CompletedTask;
    }

    public void Dispose() => listener.Dispose();

    private void Add(long count)
    {
        lock (gate)
        {
            waiting += count;
            if (last is null || time.GetElapsedTime(last.Value) >= Step)
            {
                Tell();
            }
        }
    }

    private void Tell()
    {
        if (waiting > 0)
        {
            Kept(waiting);
            (waiting, last) = (0, time.GetTimestamp());
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Count} messages of devices cannot be read and are dead letters now: GET /api/v1/dead-letters")]
    private partial void Kept(long count);
}
