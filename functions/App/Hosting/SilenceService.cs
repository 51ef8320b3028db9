using Serverless.Domain.Rules;

namespace Serverless.App.Hosting;

/// <summary>A laptop's watch for silence, every second; housekeeping looks at what another process has left. On Azure housekeeping does all of it.</summary>
internal sealed partial class SilenceService(SilenceWatch watch, TimeProvider time, ILogger<SilenceService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isThorough = true;
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await (isThorough ? watch.RunAllAsync(stoppingToken) : watch.RunAsync(stoppingToken));
                isThorough = false;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(46, LogLevel.Error, "Rules of silence cannot be looked at now; it is tried again in a second")]
    private partial void Failed(Exception failure);
}
