using Serverless.Domain.Tenants;

namespace Serverless.Domain.Webhooks;

/// <summary>Finds deliveries that nobody brings to the sender: after a start those of an earlier process, later what a queue has lost.</summary>
public sealed class DeliveryNudges(TenantDirectory tenants, DeliveryDirectory deliveries, IDeliveryQueue queue, TimeProvider time)
{
    private const int PageSize = 500;

    // A queue may be behind without having lost anything.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>Queues every delivery that is pending, of all tenants.</summary>
    public Task ResumeAsync(CancellationToken cancellation) => NudgeAsync(DateTimeOffset.MaxValue, cancellation);

    /// <summary>Queues the deliveries of all tenants that have been due for some minutes.</summary>
    public Task RunAsync(CancellationToken cancellation) => NudgeAsync(time.GetUtcNow() - Grace, cancellation);

    private async Task NudgeAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        await foreach (var tenant in tenants.AllAsync(cancellation))
        {
            await NudgeAsync(tenant.Value.Id, before, cancellation);
        }
    }

    private async Task NudgeAsync(string tenant, DateTimeOffset before, CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            (var page, cursor) = await deliveries.ListDueAsync(tenant, before, PageSize, cursor, cancellation);
            foreach (var delivery in page.Select(item => item.Value))
            {
                await queue.EnqueueAsync(new DeliveryRef(tenant, delivery.Webhook, delivery.Id), delivery.DueAt, cancellation);
            }
        } while (cursor is not null);
    }
}
