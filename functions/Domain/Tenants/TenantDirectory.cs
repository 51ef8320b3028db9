using System.Collections.Concurrent;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Domain.Tenants;

/// <summary>The cloud's tenants.</summary>
public sealed class TenantDirectory(IDocumentStore store, TimeProvider time)
{
    private const int PageSize = 100;

    // Settings are read with every message; another instance's edit is seen this much later.
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (DateTimeOffset Read, Stored<Tenant>? Tenant)> cache = new();

    public async ValueTask<Stored<Tenant>?> FindAsync(string id, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (cache.TryGetValue(id, out var entry) && now - entry.Read < CacheTime)
        {
            return entry.Tenant;
        }

        var tenant = await store.GetAsync(Key(id), TenantJson.Default.Tenant, cancellation);
        if (tenant is not null)
        {
            cache[id] = (now, tenant);
        }

        return tenant;
    }

    /// <exception cref="DomainException">There is no such tenant.</exception>
    public async ValueTask<Stored<Tenant>> GetAsync(string id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) ?? throw DomainException.NotFound($"tenant '{id}'");

    /// <summary>One page of tenants in the order of their ids.</summary>
    public Task<(IReadOnlyList<Stored<Tenant>> Items, string? Cursor)> ListAsync(
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) =>
        store.QueryAsync(
            new DocumentQuery(Partitions.System, Kinds.Tenant, Limit: limit, Cursor: cursor),
            TenantJson.Default.Tenant,
            cancellation
        );

    /// <summary>All tenants, in the order of their ids, read page by page.</summary>
    public IAsyncEnumerable<Stored<Tenant>> AllAsync(CancellationToken cancellation) =>
        store.QueryAllAsync(new DocumentQuery(Partitions.System, Kinds.Tenant, Limit: PageSize), TenantJson.Default.Tenant, cancellation);

    /// <exception cref="DomainException">The tenant is not well-formed, or its id is taken.</exception>
    public async Task<Stored<Tenant>> CreateAsync(Tenant tenant, CancellationToken cancellation)
    {
        Check(tenant);
        try
        {
            return await WriteAsync(WriteMode.Create, tenant, null, cancellation);
        }
        catch (StoreConflictException)
        {
            throw new DomainException(Refusal.Exists, $"There is a tenant '{tenant.Id}' already.");
        }
    }

    /// <summary>Replaces a tenant's own data, under the entity tag that the caller has seen where it gives one.</summary>
    public async Task<Stored<Tenant>> ReplaceAsync(Tenant tenant, string? ifMatch, CancellationToken cancellation)
    {
        Check(tenant);
        try
        {
            return await WriteAsync(WriteMode.Replace, tenant, ifMatch, cancellation);
        }
        catch (StoreConflictException conflict)
        {
            throw conflict.Reason == ConflictReason.Missing ? DomainException.NotFound($"tenant '{tenant.Id}'") : Stale();
        }
    }

    /// <summary>Changes a tenant, under the entity tag that the caller has seen where it gives one; else the change is applied to whatever version is there.</summary>
    /// <param name="id">The tenant's id.</param>
    /// <param name="change">Makes the new tenant from the old one; it may be called again when somebody else was faster.</param>
    /// <param name="ifMatch">The entity tag seen, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="DomainException">There is no such tenant, its version is not the one seen, or what comes out is not well-formed.</exception>
    public async Task<Stored<Tenant>> UpdateAsync(string id, Func<Tenant, Tenant> change, string? ifMatch, CancellationToken cancellation)
    {
        while (true)
        {
            // Read past the cache: what another instance has written a moment ago must not be lost.
            var old =
                await store.GetAsync(Key(id), TenantJson.Default.Tenant, cancellation) ?? throw DomainException.NotFound($"tenant '{id}'");
            if (ifMatch is not null && ifMatch != old.ETag)
            {
                throw Stale();
            }

            try
            {
                return await ReplaceAsync(change(old.Value) with { Id = id }, old.ETag, cancellation);
            }
            catch (DomainException stale) when (stale.Refusal == Refusal.PreconditionFailed && ifMatch is null)
            {
                // Somebody else was faster: apply the change to what they left.
            }
        }
    }

    private static DomainException Stale() => new(Refusal.PreconditionFailed, "The tenant has changed in the meantime.");

    private static DocumentKey Key(string id) => new(Partitions.System, Kinds.Tenant, id);

    private static void Check(Tenant tenant)
    {
        if (!Names.IsIdentifier(tenant.Id))
        {
            throw DomainException.Invalid("id", "A tenant's id is 1 to 64 of a-z, A-Z, 0-9, - and _.");
        }

        if (tenant.Id == Logins.ManagementTenant)
        {
            throw DomainException.Invalid("id", $"The id {Logins.ManagementTenant} is the cloud's own.");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(tenant.TimeZone, out _))
        {
            throw DomainException.Invalid("timeZone", $"'{tenant.TimeZone}' is no IANA time zone.");
        }
    }

    private async Task<Stored<Tenant>> WriteAsync(WriteMode mode, Tenant tenant, string? ifMatch, CancellationToken cancellation)
    {
        var write = new DocumentWrite(mode, Kinds.Tenant, tenant.Id, TenantJson.Default.Tenant.ToBody(tenant), ifMatch);
        var tag = await store.CommitAsync(Partitions.System, write, cancellation);
        cache.TryRemove(tenant.Id, out _);
        return new Stored<Tenant>(tenant, tag!);
    }
}
