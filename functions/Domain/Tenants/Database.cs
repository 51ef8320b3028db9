namespace Serverless.Domain.Tenants;

/// <summary>A database of a tenant: a name for retention policies, which hold the points.</summary>
public sealed record Database
{
    public required string Name { get; init; }

    /// <summary>The policy that is meant where none is named; empty after it was dropped.</summary>
    public string DefaultPolicy { get; init; } = "";

    /// <summary>Its policies, the oldest first.</summary>
    public IReadOnlyList<RetentionPolicy> Policies { get; init; } = [];

    public DateTimeOffset Created { get; init; }

    /// <summary>The policy of that name; for null or an empty name the default one. Null if there is none.</summary>
    public RetentionPolicy? FindPolicy(string? name)
    {
        var wanted = string.IsNullOrEmpty(name) ? DefaultPolicy : name;
        return Policies.FirstOrDefault(policy => policy.Name == wanted);
    }
}

/// <summary>A database as it is stored.</summary>
/// <param name="Database">The database.</param>
/// <param name="Dropped">It is gone, and only what it held is still to be erased.</param>
/// <param name="Leaving">Partitions of dropped policies, which nothing may use until they are released.</param>
internal sealed record DatabaseDocument(Database Database, bool Dropped, IReadOnlyList<LeavingPartition> Leaving);

/// <summary>A partition whose policy was dropped at a time.</summary>
internal sealed record LeavingPartition(string Partition, DateTimeOffset Since);
