using Serverless.Local.Sqlite;

namespace Serverless.App.Hosting;

/// <summary>A laptop's housekeeping, every minute; SQLite's documents that have ended are swept too. On Azure a timer of the Functions host does it.</summary>
internal sealed partial class HousekeepingService(
    Housekeeping housekeeping,
    SqliteDocumentStore documents,
    TimeProvider time,
    ILogger<HousekeepingService> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await housekeeping.RunAsync(stoppingToken);
                await documents.SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(failure);
            }
        }
    }

    [LoggerMessage(10, LogLevel.Error, "Housekeeping failed; it is tried again in a minute")]
    private partial void Failed(Exception failure);
}
