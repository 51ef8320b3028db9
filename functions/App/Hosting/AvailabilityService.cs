using Serverless.Domain.Devices;

namespace Serverless.App.Hosting;

/// <summary>Clears the alarms of silent devices as soon as this process hears them; housekeeping raises them, and clears what another instance has left.</summary>
internal sealed partial class AvailabilityService(AvailabilityWatch watch, ILogger<AvailabilityService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await watch.Heard.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await watch.ClearHeardAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(failure);
            }
            catch (OperationCanceledException)
            {
                // The process ends; housekeeping finds the alarms.
            }
        }
    }

    [LoggerMessage(45, LogLevel.Error, "Alarms of devices that are heard again are not cleared now; housekeeping tries it again")]
    private partial void Failed(Exception failure);
}
