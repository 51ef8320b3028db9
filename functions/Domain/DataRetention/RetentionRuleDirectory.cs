using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.DataRetention;

/// <summary>The retention rules of every tenant.</summary>
public sealed class RetentionRuleDirectory(IDocumentStore store, DeviceIds ids)
{
    /// <exception cref="DomainException">The tenant has no such rule.</exception>
    public async ValueTask<Stored<RetentionRule>> GetAsync(string tenant, string id, CancellationToken cancellation) =>
        await store.GetAsync(new DocumentKey(tenant, Kinds.RetentionRule, id), RetentionRuleJson.Default.RetentionRule, cancellation)
        ?? throw DomainException.NotFound($"retention rule '{id}'");

    /// <summary>Makes a rule; its id is made too.</summary>
    /// <exception cref="DomainException">The age is none.</exception>
    public async Task<RetentionRule> CreateAsync(string tenant, RetentionRule rule, CancellationToken cancellation)
    {
        var made = Checked(rule with { Id = ids.Next() });
        await store.CommitAsync(tenant, WriteOf(WriteMode.Create, made, null), cancellation);
        return made;
    }

    /// <summary>Changes a rule.</summary>
    /// <exception cref="DomainException">The tenant has no such rule, or the age is none.</exception>
    public async Task<RetentionRule> UpdateAsync(
        string tenant,
        string id,
        Func<RetentionRule, RetentionRule> change,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            var changed = Checked(change(old.Value) with { Id = id });
            try
            {
                await store.CommitAsync(tenant, WriteOf(WriteMode.Replace, changed, old.ETag), cancellation);
                return changed;
            }
            catch (StoreConflictException)
            {
                // Somebody else was faster: apply the change to what they left.
            }
        }
    }

    /// <exception cref="DomainException">The tenant has no such rule.</exception>
    public async Task DeleteAsync(string tenant, string id, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(tenant, new DocumentWrite(WriteMode.Delete, Kinds.RetentionRule, id), cancellation);
        }
        catch (StoreConflictException)
        {
            throw DomainException.NotFound($"retention rule '{id}'");
        }
    }

    /// <summary>One page of a tenant's rules, the oldest first.</summary>
    public Task<(IReadOnlyList<Stored<RetentionRule>> Items, string? Cursor)> ListAsync(
        string tenant,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) =>
        store.QueryAsync(
            new DocumentQuery(tenant, Kinds.RetentionRule, Limit: limit, Cursor: cursor),
            RetentionRuleJson.Default.RetentionRule,
            cancellation
        );

    /// <summary>How many rules a tenant has.</summary>
    public Task<long> CountAsync(string tenant, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.RetentionRule), cancellation);

    private static RetentionRule Checked(RetentionRule rule) =>
        rule.Days is >= 1 and <= RetentionRule.OldestDays
            ? rule
            : throw DomainException.Invalid("maximumAge", $"maximumAge is a number of days from 1 to {RetentionRule.OldestDays}.");

    private static DocumentWrite WriteOf(WriteMode mode, RetentionRule rule, string? etag) =>
        new(mode, Kinds.RetentionRule, rule.Id, RetentionRuleJson.Default.RetentionRule.ToBody(rule), etag);
}
