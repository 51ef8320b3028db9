using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Tenants;
using Serverless.Domain.Webhooks;
using Serverless.TimeSeries;

namespace Serverless.App.Hosting;

/// <summary>
/// What a cloud does every few minutes without being asked: it sends or ends the commands that are due, finds deliveries that nobody brings, raises the alarms of silent devices, erases points beyond
/// their retention policy, and compacts series. It may run on several instances at once.
/// </summary>
internal sealed class Housekeeping(
    Retention retention,
    CommandDispatcher commands,
    DeliveryNudges deliveries,
    AvailabilityWatch availability,
    SeriesStore series
)
{
    private readonly IReadOnlyList<Func<CancellationToken, Task>> chores =
    [
        commands.RunAllAsync,
        deliveries.RunAsync,
        availability.RunAsync,
        retention.EnforceAsync,
        series.MaintainAsync,
    ];

    /// <summary>Does all of it. One that fails, as for a database that cannot be read, does not keep the ones behind it from being done.</summary>
    /// <exception cref="AggregateException">Some failed.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var failures = new List<Exception>();
        foreach (var chore in chores)
        {
            try
            {
                await chore(cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }
}
