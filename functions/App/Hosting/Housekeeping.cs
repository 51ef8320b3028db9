using Serverless.Domain.Binaries;
using Serverless.Domain.Commands;
using Serverless.Domain.DataRetention;
using Serverless.Domain.Tenants;
using Serverless.Domain.Webhooks;
using Serverless.TimeSeries;

namespace Serverless.App.Hosting;

/// <summary>
/// What a cloud does every few minutes without being asked: it sends or ends the commands that are due, finds deliveries that nobody brings, erases points beyond their retention policy and what
/// retention rules are of, sweeps what binaries have left, and compacts series. It may run on several instances at once.
/// </summary>
internal sealed class Housekeeping(
    Retention retention,
    RetentionEnforcement rules,
    BinaryStore binaries,
    TenantDirectory tenants,
    CommandDispatcher commands,
    DeliveryNudges deliveries,
    SeriesStore series
)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await commands.RunAllAsync(cancellation);
        }
        finally
        {
            await NudgeAsync(cancellation);
        }
    }

    private async Task NudgeAsync(CancellationToken cancellation)
    {
        try
        {
            await deliveries.RunAsync(cancellation);
        }
        finally
        {
            await MaintainAsync(cancellation);
        }
    }

    private async Task MaintainAsync(CancellationToken cancellation)
    {
        try
        {
            await retention.EnforceAsync(cancellation);
        }
        finally
        {
            await EnforceRulesAsync(cancellation);
        }
    }

    private async Task EnforceRulesAsync(CancellationToken cancellation)
    {
        try
        {
            await rules.EnforceAsync(cancellation);
            await SweepAsync(cancellation);
        }
        finally
        {
            // A database that cannot be read does not keep the others from being compacted.
            await series.MaintainAsync(cancellation);
        }
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var (items, next) = await tenants.ListAsync(100, cursor, cancellation);
            foreach (var tenant in items)
            {
                await binaries.SweepAsync(tenant.Value.Id, cancellation);
            }

            cursor = next;
        } while (cursor is not null);
    }
}
