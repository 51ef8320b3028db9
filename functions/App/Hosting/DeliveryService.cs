using Serverless.Domain.Webhooks;
using Serverless.Local.Deliveries;

namespace Serverless.App.Hosting;

/// <summary>Runs the scheduler of deliveries while the process runs, and gives it what an earlier process has left.</summary>
internal sealed partial class DeliveryService(
    DeliveryScheduler scheduler,
    DeliveryNudges nudges,
    TimeProvider time,
    ILogger<DeliveryService> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(scheduler.RunAsync(stoppingToken), ResumeAsync(stoppingToken));

    private async Task ResumeAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await nudges.ResumeAsync(stopping);
                return;
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                Failed(failure);
                await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    [LoggerMessage(50, LogLevel.Error, "Deliveries of an earlier process cannot be read now; it is tried again")]
    private partial void Failed(Exception failure);
}
