namespace Serverless.Domain.Rules;

/// <summary>What this instance knows of a tenant's rules, under its gate.</summary>
internal sealed class TenantRules
{
    public static readonly RuleIndex Empty = new([]);

    private readonly Dictionary<(string Rule, string Device), RuleState> states = [];

    public SemaphoreSlim Gate { get; } = new(1);

    public DateTimeOffset Checked { get; set; } = DateTimeOffset.MinValue;

    public RuleIndex Index { get; set; } = Empty;

    public long Rules { get; private set; } = -1;

    public long States { get; set; }

    public void Take(RuleIndex index, long version)
    {
        (Index, Rules) = (index, version);
        foreach (var key in states.Where(state => !IsOf(index, state.Key.Rule, state.Value.Version)).Select(state => state.Key).ToList())
        {
            states.Remove(key);
        }
    }

    public RuleState StateOf((string Rule, string Device) key) =>
        states.TryGetValue(key, out var state) ? state : new RuleState(Crossing.None, 0, null);

    public void Looked((string Rule, string Device) key, Crossing crossing) =>
        states[key] = StateOf(key) with { Crossing = crossing, Version = Index.All[key.Rule].Version };

    /// <summary>Takes what is stored; the newest time that was looked at here stays.</summary>
    public void Apply(RuleStateDocument stored)
    {
        if (!IsOf(Index, stored.Rule, stored.Version))
        {
            return;
        }

        var key = (stored.Rule, stored.Source);
        var newest = Math.Max(stored.Newest, StateOf(key).Crossing.Newest);
        states[key] = new RuleState(
            new Crossing(newest, stored.Active, stored.Since),
            stored.Version,
            stored.Status == RuleStateDocument.Pending ? stored : null
        );
    }

    private static bool IsOf(RuleIndex index, string rule, long version) =>
        index.All.TryGetValue(rule, out var there) && there.Version == version;
}

/// <summary>How a rule stands with a device.</summary>
/// <param name="Crossing">As far as this instance knows.</param>
/// <param name="Version">The rule's version that it is of.</param>
/// <param name="Untold">The stored state that has not been told, or null.</param>
internal readonly record struct RuleState(Crossing Crossing, long Version, RuleStateDocument? Untold);
