namespace Serverless.Domain.Webhooks;

/// <summary>Names a delivery.</summary>
public sealed record DeliveryRef(string Tenant, string Webhook, string Id);

/// <summary>
/// Brings deliveries to the <see cref="DeliverySender"/> when they are due. What it holds are nudges: when a delivery is due and whether it has ended stands in its document, so that a nudge may be
/// lost, come twice or too early. Adapters: a scheduler in the process, a Storage queue.
/// </summary>
public interface IDeliveryQueue
{
    /// <param name="delivery">The delivery.</param>
    /// <param name="due">When it is to be brought, or before now for at once.</param>
    /// <param name="cancellation">Cancels it.</param>
    Task EnqueueAsync(DeliveryRef delivery, DateTimeOffset due, CancellationToken cancellation);
}
