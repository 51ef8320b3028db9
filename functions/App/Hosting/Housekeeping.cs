using Serverless.Domain.Tenants;
using Serverless.Local.Sqlite;
using Serverless.TimeSeries;

namespace Serverless.App.Hosting;

/// <summary>What a laptop's cloud does every minute without being asked: erases points beyond their retention policy, compacts series, and sweeps documents that have ended.</summary>
internal sealed partial class Housekeeping(
    Retention retention,
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
                await retention.EnforceAsync(stoppingToken);
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
