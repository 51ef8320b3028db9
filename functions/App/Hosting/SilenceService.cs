using Serverless.Domain.Rules;

namespace Serverless.App.Hosting;

/// <summary>A laptop's watch for silence, every second, and first for what an earlier process has left untold; later housekeeping looks at that. On Azure the timer watch does all of it, every minute.</summary>
internal sealed partial class SilenceService(SilenceWatch watch, RuleWatch all, TimeProvider time, ILogger<SilenceService> logger)
    : BackgroundService
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
                await (isThorough ? all.RunAsync(stoppingToken) : watch.RunAsync(stoppingToken));
                isThorough = false;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(46, LogLevel.Error, "Rules cannot be looked at now; it is tried again in a second")]
    private partial void Failed(Exception failure);
}
