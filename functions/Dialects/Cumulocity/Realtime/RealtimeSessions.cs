using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>The sessions and sockets of every tenant, in the store. A session's key is the hash of its client id, which is as good as a password.</summary>
internal sealed class RealtimeSessions(IDocumentStore store, CumulocityRealtimeOptions options, TimeProvider time)
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 32;

    /// <summary>The tenant of a client id, or null where it cannot be one. A client names its session alone, so the id ends with where it is kept.</summary>
    public static string? TenantOf(string clientId)
    {
        if (clientId.Length <= RandomLength || clientId.Length > 512 || clientId.Length % 2 != 0)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromHexString(clientId.AsSpan(RandomLength)));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>What a session is called in the store, and in names of listeners.</summary>
    public static string KeyOf(string clientId) => TokenHash.Of(clientId)[..40];

    /// <returns>The client id.</returns>
    public async Task<string> CreateAsync(string tenant, RealtimeSession session, CancellationToken cancellation)
    {
        var id = RandomNumberGenerator.GetString(Alphabet, RandomLength) + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(tenant));
        await store.CommitAsync(tenant, Write(WriteMode.Create, id, session, null), cancellation);
        return id;
    }

    /// <summary>The session of a client id, or null where it has ended or never was.</summary>
    public async ValueTask<RealtimeSession?> FindAsync(string clientId, CancellationToken cancellation) =>
        TenantOf(clientId) is { } tenant ? (await GetAsync(tenant, clientId, cancellation))?.Value : null;

    /// <summary>Changes a session and gives it more time.</summary>
    /// <param name="clientId">Its client id.</param>
    /// <param name="change">Makes the new one of the old; null leaves it as it is, its end too.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <returns>The session as it is now, or null where there is none.</returns>
    public async Task<RealtimeSession?> UpdateAsync(
        string clientId,
        Func<RealtimeSession, RealtimeSession?> change,
        CancellationToken cancellation
    )
    {
        if (TenantOf(clientId) is not { } tenant)
        {
            return null;
        }

        while (true)
        {
            if (await GetAsync(tenant, clientId, cancellation) is not { } stored)
            {
                return null;
            }

            if (change(stored.Value) is not { } changed)
            {
                return stored.Value;
            }

            try
            {
                await store.CommitAsync(tenant, Write(WriteMode.Replace, clientId, changed, stored.ETag), cancellation);
                return changed;
            }
            catch (StoreConflictException)
            {
                // Another request of the same client: look at what it left.
            }
        }
    }

    public Task RemoveAsync(string clientId, CancellationToken cancellation) =>
        TenantOf(clientId) is { } tenant ? RemoveByKeyAsync(tenant, KeyOf(clientId), cancellation) : Task.CompletedTask;

    public Task RemoveByKeyAsync(string tenant, string key, CancellationToken cancellation) =>
        RemoveAsync(tenant, Kinds.RealtimeSession, key, cancellation);

    /// <summary>The sessions of a user, by their keys.</summary>
    public async Task<IReadOnlyList<(string Key, RealtimeSession Session)>> ListAsync(
        string tenant,
        string user,
        CancellationToken cancellation
    )
    {
        var query = new DocumentQuery(tenant, Kinds.RealtimeSession, Filter.Eq("owner", JsonValue.Create(user)), Limit: 2000);
        var page = await store.QueryAsync(query, cancellation);
        return
        [
            .. page.Items.Select(item =>
                (item.Key.Id, System.Text.Json.JsonSerializer.Deserialize(item.Body.Span, RealtimeJson.Default.RealtimeSession)!)
            ),
        ];
    }

    public async ValueTask<RealtimeConnection?> FindConnectionAsync(string connectionId, CancellationToken cancellation) =>
        (await store.GetAsync(ConnectionKey(connectionId), RealtimeJson.Default.RealtimeConnection, cancellation))?.Value;

    public Task SaveConnectionAsync(string connectionId, RealtimeConnection connection, CancellationToken cancellation) =>
        store.CommitAsync(
            Partitions.System,
            new DocumentWrite(
                WriteMode.Upsert,
                Kinds.RealtimeConnection,
                connectionId,
                RealtimeJson.Default.RealtimeConnection.ToBody(connection),
                Expires: time.GetUtcNow() + options.SocketLease
            ),
            cancellation
        );

    public Task RemoveConnectionAsync(string connectionId, CancellationToken cancellation) =>
        RemoveAsync(Partitions.System, Kinds.RealtimeConnection, connectionId, cancellation);

    /// <summary>Every socket that is known, by its name.</summary>
    public async Task<IReadOnlyList<(string Id, RealtimeConnection Connection)>> ListConnectionsAsync(CancellationToken cancellation)
    {
        var all = new List<(string, RealtimeConnection)>();
        var query = new DocumentQuery(Partitions.System, Kinds.RealtimeConnection, Limit: 1000);
        do
        {
            var page = await store.QueryAsync(query, cancellation);
            all.AddRange(
                page.Items.Select(item =>
                    (item.Key.Id, System.Text.Json.JsonSerializer.Deserialize(item.Body.Span, RealtimeJson.Default.RealtimeConnection)!)
                )
            );
            query = query with { Cursor = page.Cursor };
        } while (query.Cursor is not null);

        return all;
    }

    private static DocumentKey ConnectionKey(string connectionId) => new(Partitions.System, Kinds.RealtimeConnection, connectionId);

    private ValueTask<Stored<RealtimeSession>?> GetAsync(string tenant, string clientId, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.RealtimeSession, KeyOf(clientId)), RealtimeJson.Default.RealtimeSession, cancellation);

    private DocumentWrite Write(WriteMode mode, string clientId, RealtimeSession session, string? tag) =>
        new(
            mode,
            Kinds.RealtimeSession,
            KeyOf(clientId),
            RealtimeJson.Default.RealtimeSession.ToBody(session),
            tag,
            time.GetUtcNow() + options.LifeOf(session)
        );

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
