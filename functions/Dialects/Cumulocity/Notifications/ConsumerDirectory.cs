using System.Collections.Concurrent;
using System.Text.Json;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>The consumers of every tenant, and whose each socket is.</summary>
internal sealed class ConsumerDirectory(IDocumentStore store, TimeProvider time)
{
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, (DateTimeOffset Read, IReadOnlyList<string> Ids)> connected = new();
    private int changed;

    /// <summary>What a consumer is called in the store.</summary>
    public static string IdOf(ConsumerToken token) =>
        TokenHash.Of($"{token.Subscription}\n{token.Subscriber}\n{token.NonPersistent}")[..40];

    public ValueTask<Stored<NotificationConsumer>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(
            new DocumentKey(tenant, Kinds.NotificationConsumer, id),
            NotificationsJson.Default.NotificationConsumer,
            cancellation
        );

    /// <summary>Writes a consumer over the version that was seen, or where there was none.</summary>
    /// <returns>False where somebody else was faster.</returns>
    public async Task<bool> TrySaveAsync(
        string tenant,
        string id,
        NotificationConsumer consumer,
        string? seen,
        CancellationToken cancellation
    )
    {
        try
        {
            var body = NotificationsJson.Default.NotificationConsumer.ToBody(consumer);
            var mode = seen is null ? WriteMode.Create : WriteMode.Replace;
            await store.CommitAsync(tenant, new DocumentWrite(mode, Kinds.NotificationConsumer, id, body, seen), cancellation);
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }

    /// <summary>Ends a consumer: what is kept for it is no more.</summary>
    /// <returns>It, or null where there is none.</returns>
    public async Task<NotificationConsumer?> RemoveAsync(ConsumerToken token, CancellationToken cancellation)
    {
        var found = await FindAsync(token.Tenant, IdOf(token), cancellation);
        if (found is not null)
        {
            await RemoveAsync(token.Tenant, Kinds.NotificationConsumer, IdOf(token), cancellation);
            Forget(token.Tenant);
        }

        return found?.Value;
    }

    public Task RemoveAsync(string tenant, string id, CancellationToken cancellation) =>
        RemoveAsync(tenant, Kinds.NotificationConsumer, id, cancellation);

    /// <summary>The consumers of a tenant that have a socket; one of another process within two seconds.</summary>
    public async ValueTask<IReadOnlyList<string>> ListConnectedAsync(string tenant, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (connected.TryGetValue(tenant, out var entry) && now - entry.Read <= CacheTime)
        {
            return entry.Ids;
        }

        var seen = Volatile.Read(ref changed);
        var ids = new List<string>();
        var query = new DocumentQuery(tenant, Kinds.NotificationConsumer, Limit: 1000);
        do
        {
            var page = await store.QueryAsync(query, cancellation);
            ids.AddRange(
                page.Items.Where(item =>
                        JsonSerializer.Deserialize(item.Body.Span, NotificationsJson.Default.NotificationConsumer)!.Sockets.Count > 0
                    )
                    .Select(item => item.Key.Id)
            );
            query = query with { Cursor = page.Cursor };
        } while (query.Cursor is not null);

        if (Volatile.Read(ref changed) == seen)
        {
            connected[tenant] = (now, ids);
        }

        return ids;
    }

    /// <summary>Has who is connected looked up again.</summary>
    public void Forget(string tenant)
    {
        Interlocked.Increment(ref changed);
        connected.TryRemove(tenant, out _);
    }

    public async ValueTask<ConsumerConnection?> FindConnectionAsync(string connectionId, CancellationToken cancellation) =>
        (
            await store.GetAsync(
                new DocumentKey(Partitions.System, Kinds.NotificationConnection, connectionId),
                NotificationsJson.Default.ConsumerConnection,
                cancellation
            )
        )?.Value;

    public Task SaveConnectionAsync(string connectionId, ConsumerConnection connection, CancellationToken cancellation) =>
        store.CommitAsync(
            Partitions.System,
            new DocumentWrite(
                WriteMode.Upsert,
                Kinds.NotificationConnection,
                connectionId,
                NotificationsJson.Default.ConsumerConnection.ToBody(connection),
                Expires: time.GetUtcNow() + ConnectionLife
            ),
            cancellation
        );

    public Task RemoveConnectionAsync(string connectionId, CancellationToken cancellation) =>
        RemoveAsync(Partitions.System, Kinds.NotificationConnection, connectionId, cancellation);

    public async Task<IReadOnlyList<(string Id, ConsumerConnection Connection)>> ListConnectionsAsync(CancellationToken cancellation)
    {
        var all = new List<(string, ConsumerConnection)>();
        var query = new DocumentQuery(Partitions.System, Kinds.NotificationConnection, Limit: 1000);
        do
        {
            var page = await store.QueryAsync(query, cancellation);
            all.AddRange(
                page.Items.Select(item =>
                    (item.Key.Id, JsonSerializer.Deserialize(item.Body.Span, NotificationsJson.Default.ConsumerConnection)!)
                )
            );
            query = query with { Cursor = page.Cursor };
        } while (query.Cursor is not null);

        return all;
    }

    private async Task RemoveAsync(string partition, string kind, string id, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(partition, new DocumentWrite(WriteMode.Delete, kind, id), cancellation);
        }
        catch (StoreConflictException)
        {
            // It has ended.
        }
    }
}
