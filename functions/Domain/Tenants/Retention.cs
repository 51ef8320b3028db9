using Serverless.Domain.Series;

namespace Serverless.Domain.Tenants;

/// <summary>Enforces retention policies: what a housekeeping timer calls. It may run on several instances at once.</summary>
public sealed class Retention(TenantDirectory tenants, DatabaseDirectory databases, ISeriesEraser series, TimeProvider time)
{
    /// <summary>Erases the points that are beyond the policy of their database, of every tenant.</summary>
    /// <exception cref="InvalidDataException">What is stored of some database is corrupt. The others have been seen to all the same.</exception>
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
        await databases.ReleaseAsync(tenant, cancellation);
        foreach (var policy in (await databases.ListAsync(tenant, cancellation)).SelectMany(database => database.Policies))
        {
            if (policy.Duration == 0)
            {
                continue;
            }

            try
            {
                await series.ApplyRetentionAsync(tenant, policy.Partition, policy.Cutoff(time.GetUtcNow()), cancellation);
            }
            catch (InvalidDataException corrupt)
            {
                failures.Add(corrupt);
            }
        }
    }
}
