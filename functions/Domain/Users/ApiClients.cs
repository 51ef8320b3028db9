using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Users;

/// <summary>The API clients of every tenant. A client's id is unique in the cloud, for it logs in without naming its tenant.</summary>
public sealed class ApiClients(IDocumentStore store)
{
    internal static DocumentKey Key(string id) => new(Partitions.System, Kinds.Client, id);

    /// <summary>One page of a tenant's clients in the order of their ids.</summary>
    public Task<(IReadOnlyList<Stored<ApiClient>> Items, string? Cursor)> ListAsync(
        string tenant,
        int limit,
        string? cursor,
        CancellationToken cancellation
    )
    {
        var query = new DocumentQuery(
            Partitions.System,
            Kinds.Client,
            Filter.Eq("owner", JsonValue.Create(tenant)),
            Limit: limit,
            Cursor: cursor
        );
        return store.QueryAsync(query, UserJson.Default.ApiClient, cancellation);
    }

    /// <summary>The client of this id, whosever it is, or null.</summary>
    public async ValueTask<ApiClient?> FindAsync(string id, CancellationToken cancellation) =>
        (await store.GetAsync(Key(id), UserJson.Default.ApiClient, cancellation))?.Value;

    /// <summary>The tenant's client of this id, or null.</summary>
    public async ValueTask<Stored<ApiClient>?> FindAsync(string tenant, string id, CancellationToken cancellation)
    {
        var client = await store.GetAsync(Key(id), UserJson.Default.ApiClient, cancellation);
        return client?.Value.Owner == tenant ? client : null;
    }

    /// <summary>Creates a client.</summary>
    /// <exception cref="DomainException">The id or secret is not well-formed, or the id is taken, be it by another tenant.</exception>
    public async Task<Stored<ApiClient>> CreateAsync(string tenant, string id, string secret, CancellationToken cancellation)
    {
        Check(id, secret);
        return await WriteAsync(null, new ApiClient(id, tenant, PasswordHash.Create(secret)), cancellation);
    }

    /// <summary>Creates a client, or gives it a new secret; the same secret changes nothing.</summary>
    /// <exception cref="DomainException">The id or secret is not well-formed, or the id is another tenant's.</exception>
    public async Task<Stored<ApiClient>> ApplyAsync(string tenant, string id, string secret, CancellationToken cancellation)
    {
        Check(id, secret);
        var old = await store.GetAsync(Key(id), UserJson.Default.ApiClient, cancellation);
        if (old is not null && old.Value.Owner != tenant)
        {
            throw Taken(id);
        }

        return old is not null && PasswordHash.Verify(secret, old.Value.Secret)
            ? old
            : await WriteAsync(old, new ApiClient(id, tenant, PasswordHash.Create(secret)), cancellation);
    }

    /// <exception cref="DomainException">The tenant has no such client.</exception>
    public async Task DeleteAsync(string tenant, string id, CancellationToken cancellation)
    {
        var old = await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"client '{id}'");
        try
        {
            var write = new DocumentWrite(WriteMode.Delete, Kinds.Client, id, IfMatch: old.ETag);
            await store.CommitAsync(Partitions.System, write, cancellation);
        }
        catch (StoreConflictException conflict)
        {
            throw conflict.Reason == ConflictReason.Missing ? DomainException.NotFound($"client '{id}'") : Stale();
        }
    }

    private static void Check(string id, string secret)
    {
        if (id.Length is 0 or > 128 || id.Any(char.IsControl))
        {
            throw DomainException.Invalid("id", "A client's id is 1 to 128 characters, none of them a control.");
        }

        if (secret.Length is < 4 or > 1024)
        {
            throw DomainException.Invalid("secret", "A client's secret has 4 to 1,024 characters.");
        }
    }

    private static DomainException Taken(string id) => new(Refusal.Exists, $"The client id '{id}' is taken.", "id");

    private static DomainException Stale() => new(Refusal.PreconditionFailed, "The client has changed in the meantime.");

    private async Task<Stored<ApiClient>> WriteAsync(Stored<ApiClient>? old, ApiClient client, CancellationToken cancellation)
    {
        var mode = old is null ? WriteMode.Create : WriteMode.Replace;
        var write = new DocumentWrite(mode, Kinds.Client, client.Id, UserJson.Default.ApiClient.ToBody(client), old?.ETag);
        try
        {
            return new Stored<ApiClient>(client, (await store.CommitAsync(Partitions.System, write, cancellation))!);
        }
        catch (StoreConflictException)
        {
            throw old is null ? Taken(client.Id) : Stale();
        }
    }
}
