using System.Collections.Concurrent;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.DataRetention;

/// <summary>Enforces the retention rules of every tenant: what a housekeeping timer calls. It may run on several instances at once.</summary>
/// <remarks>A rule that has not changed is enforced once an hour: ages are counted in days, and looking costs reads.</remarks>
public sealed class RetentionEnforcement(
    TenantDirectory tenants,
    RetentionRuleDirectory rules,
    IEnumerable<IRetainedData> others,
    IDocumentStore store,
    TimeProvider time
)
{
    /// <summary>How often a rule is enforced.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly IReadOnlyList<IRetainedData> retained = [.. others, .. RetainedDocuments.All(store)];
    private readonly ConcurrentDictionary<(string Tenant, string Rule), (string Version, DateTimeOffset Time)> done = new();

    /// <summary>Deletes what is too old, of every tenant.</summary>
    /// <exception cref="InvalidDataException">What is stored of some data is corrupt. The other rules have been enforced all the same.</exception>
    public async Task EnforceAsync(CancellationToken cancellation)
    {
        var failures = new List<Exception>();
        await foreach (var tenant in tenants.AllAsync(cancellation))
        {
            await EnforceAsync(tenant.Value.Id, failures, cancellation);
        }

        if (failures.Count > 0)
        {
            throw new InvalidDataException(failures[0].Message, failures[0]);
        }
    }

    private async Task EnforceAsync(string tenant, List<Exception> failures, CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var (items, next) = await rules.ListAsync(tenant, 100, cursor, cancellation);
            foreach (var rule in items)
            {
                var now = time.GetUtcNow();
                if (done.TryGetValue((tenant, rule.Value.Id), out var last) && last.Version == rule.ETag && now - last.Time < Interval)
                {
                    continue;
                }

                await EnforceAsync(tenant, rule.Value, now, failures, cancellation);
                done[(tenant, rule.Value.Id)] = (rule.ETag, now);
            }

            cursor = next;
        } while (cursor is not null);
    }

    private async Task EnforceAsync(
        string tenant,
        RetentionRule rule,
        DateTimeOffset now,
        List<Exception> failures,
        CancellationToken cancellation
    )
    {
        var before = now - TimeSpan.FromDays(rule.Days);
        foreach (var data in retained.Where(data => rule.IsOf(data.Data)))
        {
            try
            {
                await data.DeleteAsync(tenant, rule, before, cancellation);
            }
            catch (InvalidDataException corrupt)
            {
                failures.Add(corrupt);
            }
        }
    }
}
