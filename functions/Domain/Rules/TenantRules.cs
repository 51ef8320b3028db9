namespace Serverless.Domain.Rules;

/// <summary>What this instance knows of a tenant's rules, under its gate.</summary>
internal sealed class TenantRules
{
    public SemaphoreSlim Gate { get; } = new(1);

    public DateTimeOffset Checked { get; set; } = DateTimeOffset.MinValue;

    public RuleIndex Index { get; private set; } = new([], null);

    /// <summary>The last change of a rule that is known.</summary>
    public long Rules { get; private set; } = -1;

    /// <summary>The last change of a state that is known.</summary>
    public long States { get; set; }

    /// <summary>How often states were found that others have changed.</summary>
    public long Others { get; private set; }

    /// <summary>Takes other rules. How a rule stands with devices is kept where it is of the same version.</summary>
    public void Take(IEnumerable<Rule> rules, long version) => (Index, Rules) = (new RuleIndex(rules, Index), version);

    /// <summary>Takes what another has stored: it may have looked at less than this instance, at which values that come again may now be looked at.</summary>
    public void Take(RuleStateDocument stored)
    {
        Others++;
        if (Index.Find(stored.Rule) is { } rule && rule.Rule.Version == stored.Version)
        {
            var standing = rule.Of(stored.Source);
            standing.Crossing = new Crossing(stored.Newest, stored.Active, stored.Since);
            standing.Untold = stored.Status == RuleStateDocument.Pending ? stored : null;
        }
    }
}
