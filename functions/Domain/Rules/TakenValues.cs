namespace Serverless.Domain.Rules;

/// <summary>A stored change of how a rule stands with a device, that is still to be told.</summary>
/// <param name="Standing">The rule and the device.</param>
/// <param name="State">What is stored.</param>
/// <param name="Tag">Its entity tag; null where it is to be read anew.</param>
internal sealed record Untold(RuleStanding Standing, RuleStateDocument State, string? Tag);

/// <summary>Values that were held against their rules, and what came of it.</summary>
/// <param name="tenant">The tenant.</param>
/// <param name="known">Its rules.</param>
/// <param name="values">The values.</param>
internal sealed class TakenValues(string tenant, TenantRules known, IReadOnlyList<WatchedValue> values)
{
    public string Tenant { get; } = tenant;

    public TenantRules Known { get; } = known;

    public IReadOnlyList<WatchedValue> Values { get; } = values;

    /// <summary><see cref="TenantRules.Others"/> when the values were held against their rules.</summary>
    public long Others { get; set; }

    /// <summary>How rules stand that the values have changed.</summary>
    public HashSet<RuleStanding> Changed { get; } = [];

    public List<Untold> Untold { get; } = [];

    /// <summary>Takes over what came of other values.</summary>
    public void Add(TakenValues other)
    {
        Changed.UnionWith(other.Changed);
        Untold.AddRange(other.Untold);
    }
}
