using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>The subscriptions of every tenant. One of this process counts at once, one of another within two seconds.</summary>
internal sealed class SubscriptionDirectory(IDocumentStore store, Listeners listeners, TimeProvider time)
{
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (DateTimeOffset Read, IReadOnlyList<NotificationSubscription> All)> cache = new();
    private int written;

    /// <returns>False where there is one of this source, context and topic.</returns>
    public async Task<bool> CreateAsync(string tenant, NotificationSubscription subscription, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(
                tenant,
                [
                    new DocumentWrite(
                        WriteMode.Create,
                        Kinds.NotificationEntry,
                        subscription.Key,
                        NotificationsJson.Default.SubscriptionEntry.ToBody(new SubscriptionEntry(subscription.Id))
                    ),
                    new DocumentWrite(
                        WriteMode.Create,
                        Kinds.NotificationSubscription,
                        subscription.Id,
                        NotificationsJson.Default.NotificationSubscription.ToBody(subscription)
                    ),
                ],
                cancellation
            );
        }
        catch (StoreConflictException)
        {
            return false;
        }

        if (NeedsMeasurements(subscription))
        {
            // Measurements are logged where somebody listens; a subscription does so until it is deleted, connected or not.
            await listeners.ListenAsync(
                tenant,
                ListenerOf(subscription),
                TelemetryPipeline.ChangeKind,
                subscription.Source,
                null,
                cancellation
            );
        }

        Forget(tenant);
        return true;
    }

    public async ValueTask<NotificationSubscription?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        (
            await store.GetAsync(
                new DocumentKey(tenant, Kinds.NotificationSubscription, id),
                NotificationsJson.Default.NotificationSubscription,
                cancellation
            )
        )?.Value;

    /// <returns>False where there is none.</returns>
    public async Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancellation)
    {
        if (await FindAsync(tenant, id, cancellation) is not { } subscription)
        {
            return false;
        }

        try
        {
            await store.CommitAsync(
                tenant,
                [
                    new DocumentWrite(WriteMode.Delete, Kinds.NotificationSubscription, id),
                    new DocumentWrite(WriteMode.Delete, Kinds.NotificationEntry, subscription.Key),
                ],
                cancellation
            );
        }
        catch (StoreConflictException)
        {
            return false;
        }

        if (NeedsMeasurements(subscription))
        {
            await listeners.EndAsync(tenant, ListenerOf(subscription), cancellation);
        }

        Forget(tenant);
        return true;
    }

    /// <summary>Those that match, the oldest first.</summary>
    public async Task<IReadOnlyList<NotificationSubscription>> ListAsync(
        string tenant,
        string? source,
        string? context,
        string? subscription,
        CancellationToken cancellation
    )
    {
        var filters = new List<Filter>();
        foreach (var (name, value) in new[] { ("source", source), ("context", context), ("subscription", subscription) })
        {
            if (value is not null)
            {
                filters.Add(Filter.Eq(name, JsonValue.Create(value)));
            }
        }

        var query = new DocumentQuery(tenant, Kinds.NotificationSubscription, filters.Count > 0 ? Filter.All(filters) : null, Limit: 1000);
        var all = new List<NotificationSubscription>();
        await foreach (var item in store.QueryAllAsync(query, NotificationsJson.Default.NotificationSubscription, cancellation))
        {
            all.Add(item.Value);
        }

        return all;
    }

    /// <summary>All of the tenant's.</summary>
    public async ValueTask<IReadOnlyList<NotificationSubscription>> AllAsync(string tenant, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (cache.TryGetValue(tenant, out var entry) && now - entry.Read <= CacheTime)
        {
            return entry.All;
        }

        var seen = Volatile.Read(ref written);
        var all = await ListAsync(tenant, null, null, null, cancellation);
        if (Volatile.Read(ref written) == seen)
        {
            cache[tenant] = (now, all);
        }

        return all;
    }

    private void Forget(string tenant)
    {
        Interlocked.Increment(ref written);
        cache.TryRemove(tenant, out _);
    }

    private static bool NeedsMeasurements(NotificationSubscription subscription) =>
        subscription.Context == NotificationSubscription.ObjectContext && subscription.Wants("measurements");

    private static string ListenerOf(NotificationSubscription subscription) => $"notification-{subscription.Id}";
}
