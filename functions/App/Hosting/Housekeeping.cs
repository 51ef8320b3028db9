using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Binaries;
using Serverless.Domain.Commands;
using Serverless.Domain.DataRetention;
using Serverless.Domain.Devices;
using Serverless.Domain.Tenants;
using Serverless.Domain.Webhooks;
using Serverless.TimeSeries;

namespace Serverless.App.Hosting;

/// <summary>
/// What a cloud does every few minutes without being asked: it sends or ends the commands that are due, tells crossings that were not told, ends those that are over, publishes events that were left, finds silence and deliveries that nobody brings, raises the alarms of silent devices, keeps what belongs to open
/// sockets, erases points beyond their retention policy and what retention rules are of, sweeps what binaries have left, and compacts series. It may run on several instances at once.
/// </summary>
internal sealed class Housekeeping(
    Retention retention,
    RetentionEnforcement retentionRules,
    BinaryStore binaries,
    TenantDirectory tenants,
    BulkDispatcher bulks,
    CommandDispatcher commands,
    RuleWatch watch,
    DeliveryNudges deliveries,
    AvailabilityWatch availability,
    ISocketUpkeep sockets,
    SeriesStore series
)
{
    /// <summary>Does all of it; a part that fails keeps none of the others from being done.</summary>
    /// <exception cref="AggregateException">Some parts failed, each as it is said.</exception>
    public Task RunAsync(CancellationToken cancellation)
    {
        Func<CancellationToken, Task>[] parts =
        [
            // First those that give commands, then the commands.
            bulks.RunAllAsync,
            commands.RunAllAsync,
            watch.RunAsync,
            deliveries.RunAsync,
            availability.RunAsync,
            sockets.RunAsync,
            retention.EnforceAsync,
            retentionRules.EnforceAsync,
            cancelled => tenants.ForEachAsync(binaries.SweepAsync, cancelled),
            series.MaintainAsync,
        ];
        return Parts.RunAsync(parts, cancellation);
    }
}
