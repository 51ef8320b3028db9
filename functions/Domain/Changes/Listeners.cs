using System.Collections.Concurrent;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Changes;

/// <summary>Somebody who wants a kind of changes, of one source or (null) of all.</summary>
internal sealed record Listener(string Type, string? Source);

/// <summary>
/// The registry of who listens for measurements. Readings are many and listeners few, so a reading is logged only where somebody listens; every other kind of change is
/// always logged. A listener's document ends of itself unless it is renewed, so that an instance that dies leaves nothing behind.
/// </summary>
public sealed class Listeners(IDocumentStore store, TimeProvider time)
{
    /// <summary>How long a listener lasts without renewal; renew at half of it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // How late another instance may learn of a listener; one on this instance counts at once.
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (DateTimeOffset Read, Listener[] Listeners)> cache = new();
    private int registered;

    /// <summary>Registers or renews a listener.</summary>
    public Task ListenAsync(string tenant, string id, string kind, string? source, CancellationToken cancellation) =>
        ListenAsync(tenant, id, kind, source, Lease, cancellation);

    /// <summary>Registers or renews a listener with a lease of its own, or (null) until it is ended.</summary>
    public async Task ListenAsync(string tenant, string id, string kind, string? source, TimeSpan? lease, CancellationToken cancellation)
    {
        var body = ChangeJson.Default.Listener.ToBody(new Listener(kind, source));
        var write = new DocumentWrite(WriteMode.Upsert, Kinds.Listener, id, body, Expires: time.GetUtcNow() + lease);
        await store.CommitAsync(tenant, write, cancellation);
        Interlocked.Increment(ref registered);
        cache.TryRemove(tenant, out _);
    }

    /// <summary>Ends a listener before its lease does.</summary>
    public async Task EndAsync(string tenant, string id, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(tenant, new DocumentWrite(WriteMode.Delete, Kinds.Listener, id), cancellation);
        }
        catch (StoreConflictException)
        {
            // Its lease has ended.
        }

        cache.TryRemove(tenant, out _);
    }

    /// <summary>Whether anybody listens for changes of this kind from this source.</summary>
    public async ValueTask<bool> AnyAsync(string tenant, string kind, string source, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (!cache.TryGetValue(tenant, out var entry) || now - entry.Read > CacheTime)
        {
            var seen = Volatile.Read(ref registered);
            var listeners = new List<Listener>();
            await foreach (
                var item in store.QueryAllAsync(new DocumentQuery(tenant, Kinds.Listener), ChangeJson.Default.Listener, cancellation)
            )
            {
                listeners.Add(item.Value);
            }

            entry = (now, [.. listeners]);
            if (Volatile.Read(ref registered) == seen)
            {
                // Else somebody has come while this was read, who must not be forgotten for the time of the cache.
                cache[tenant] = entry;
            }
        }

        return Array.Exists(entry.Listeners, listener => listener.Type == kind && (listener.Source is null || listener.Source == source));
    }
}
