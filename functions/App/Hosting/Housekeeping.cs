using Serverless.Local.Sqlite;
using Serverless.TimeSeries;

namespace Serverless.App.Hosting;

/// <summary>What a laptop's cloud does every minute without being asked: compacts series and sweeps documents that have ended.</summary>
internal sealed partial class Housekeeping(
    SeriesStore series,
    SqliteDocumentStore documents,
    TimeProvider time,
    ILogger<Housekeeping> logger
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
                await series.MaintainAsync(stoppingToken);
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
