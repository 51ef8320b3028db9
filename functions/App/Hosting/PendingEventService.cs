using System.Collections.Concurrent;
using Serverless.Domain.Events;

namespace Serverless.App.Hosting;

/// <summary>
/// Publishes events that could not be published at once as soon as that is possible again; and, where no other process has a part in the storage, after a start what an earlier process has left.
/// Elsewhere the timer watch finds that.
/// </summary>
internal sealed partial class PendingEventService(
    EventOutbox outbox,
    AppOptions options,
    TimeProvider time,
    ILogger<PendingEventService> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = PendingEvent.Grace + TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, bool> left = new();
    private readonly SemaphoreSlim news = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        outbox.Left += (tenant, failure) =>
        {
            Left(tenant, failure.Message);
            left[tenant] = true;
            Wake();
        };
        var begins = options.Azure is null;
        while (true)
        {
            try
            {
                if (begins)
                {
                    await outbox.ResumeAllAsync(stoppingToken);
                    begins = false;
                }

                foreach (var tenant in left.Keys)
                {
                    left.TryRemove(tenant, out _);
                    await ResumeAsync(tenant, stoppingToken);
                }

                await news.WaitAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(failure);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task ResumeAsync(string tenant, CancellationToken cancellation)
    {
        try
        {
            await outbox.ResumeAsync(tenant, cancellation);
        }
        catch
        {
            left[tenant] = true;
            Wake();
            throw;
        }
    }

    private void Wake()
    {
        try
        {
            news.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    public override void Dispose()
    {
        news.Dispose();
        base.Dispose();
    }

    [LoggerMessage(70, LogLevel.Warning, "An event of tenant {Tenant} could not be published at once; it is tried again: {Reason}")]
    private partial void Left(string tenant, string reason);

    [LoggerMessage(71, LogLevel.Error, "Events cannot be published now; it is tried again")]
    private partial void Failed(Exception failure);
}
