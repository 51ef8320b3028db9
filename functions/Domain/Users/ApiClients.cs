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

    /// <summary>Creates a client, or gives it a new secret; the same secret changes nothing.</summary>
    /// <exception cref="DomainException">The id or secret is not well-formed, or the id is another tenant's.</exception>
    public async Task ApplyAsync(string tenant, string id, string secret, CancellationToken cancellation)
    {
        if (id.Length is 0 or > 128 || id.Any(char.IsControl))
        {
            throw DomainException.Invalid("id", "A client's id is 1 to 128 characters, none of them a control.");
        }

        if (secret.Length is < 4 or > 1024)
        {
            throw DomainException.Invalid("secret", "A client's secret has 4 to 1,024 characters.");
        }

        var old = await store.GetAsync(Key(id), UserJson.Default.ApiClient, cancellation);
        if (old is not null && old.Value.Owner != tenant)
        {
            throw new DomainException(Refusal.Exists, $"The client id '{id}' is taken.");
        }

        if (old is not null && PasswordHash.Verify(secret, old.Value.Secret))
        {
            return;
        }

        var body = UserJson.Default.ApiClient.ToBody(new ApiClient(id, tenant, PasswordHash.Create(secret)));
        await store.CommitAsync(
            Partitions.System,
            new DocumentWrite(old is null ? WriteMode.Create : WriteMode.Replace, Kinds.Client, id, body, old?.ETag),
            cancellation
        );
    }

    /// <exception cref="DomainException">The tenant has no such client.</exception>
    public async Task DeleteAsync(string tenant, string id, CancellationToken cancellation)
    {
        var old = await store.GetAsync(Key(id), UserJson.Default.ApiClient, cancellation);
        if (old is null || old.Value.Owner != tenant)
        {
            throw DomainException.NotFound($"client '{id}'");
        }

        await store.CommitAsync(Partitions.System, new DocumentWrite(WriteMode.Delete, Kinds.Client, id, IfMatch: old.ETag), cancellation);
    }
}
