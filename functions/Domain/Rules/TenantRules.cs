namespace Serverless.Domain.Rules;

/// <summary>What this instance knows of a tenant's rules, under its gate.</summary>
internal sealed class TenantRules
{
    public static readonly RuleIndex Empty = new([]);

    private Dictionary<string, RuleStandings> standings = [];

    public SemaphoreSlim Gate { get; } = new(1);

    public DateTimeOffset Checked { get; set; } = DateTimeOffset.MinValue;

    public RuleIndex Index { get; private set; } = Empty;

    public long Rules { get; private set; } = -1;

    public long States { get; set; }

    /// <summary>Takes other rules. How a rule stands with devices is kept where it is of the same version.</summary>
    public void Take(RuleIndex index, long version)
    {
        (Index, Rules) = (index, version);
        var before = standings;
        standings = new Dictionary<string, RuleStandings>(index.All.Count);
        foreach (var (id, rule) in index.All)
        {
            standings[id] = new RuleStandings(rule, Find(before, rule)?.Devices ?? []);
        }
    }

    /// <summary>How a version of a rule stands with devices, or null where it is over.</summary>
    public RuleStandings? Find(Rule rule) => Find(standings, rule);

    /// <summary>How a rule stands with a device; <see cref="Crossing.None"/> where that is not known.</summary>
    public Crossing CrossingOf((string Rule, string Device) key) =>
        standings.TryGetValue(key.Rule, out var rule) && rule.Devices.TryGetValue(key.Device, out var standing)
            ? standing.Crossing
            : Crossing.None;

    /// <summary>Takes what is stored; the newest time that was looked at here stays.</summary>
    public void Apply(RuleStateDocument stored)
    {
        if (standings.TryGetValue(stored.Rule, out var rule) && rule.Rule.Version == stored.Version)
        {
            var standing = rule.Of(stored.Source);
            var newest = Math.Max(stored.Newest, standing.Crossing.Newest);
            standing.Crossing = new Crossing(newest, stored.Active, stored.Since);
            standing.Untold = stored.Status == RuleStateDocument.Pending ? stored : null;
        }
    }

    /// <summary>Takes note that a change was told, where no other has come since.</summary>
    public void MarkTold(RuleStateDocument told)
    {
        if (
            standings.TryGetValue(told.Rule, out var rule)
            && rule.Devices.TryGetValue(told.Source, out var standing)
            && standing.Untold == told
        )
        {
            standing.Untold = null;
        }
    }

    private static RuleStandings? Find(Dictionary<string, RuleStandings> all, Rule rule) =>
        all.TryGetValue(rule.Id, out var found) && found.Rule.Version == rule.Version ? found : null;
}

/// <summary>How a version of a rule stands with devices, as far as this instance knows.</summary>
internal sealed record RuleStandings(Rule Rule, Dictionary<string, RuleStanding> Devices)
{
    public RuleStanding Of(string device)
    {
        if (!Devices.TryGetValue(device, out var standing))
        {
            Devices[device] = standing = new RuleStanding();
        }

        return standing;
    }
}

/// <summary>How a rule stands with a device.</summary>
internal sealed class RuleStanding
{
    /// <summary>As far as this instance knows.</summary>
    public Crossing Crossing { get; set; } = Crossing.None;

    /// <summary>The stored state that has not been told, or null.</summary>
    public RuleStateDocument? Untold { get; set; }
}
