namespace Serverless.Domain.Rules;

/// <summary>A change of how a rule stands with a device.</summary>
/// <param name="Standing">The rule and the device.</param>
/// <param name="By">What has brought the change about.</param>
/// <param name="Before">How it stood before.</param>
/// <param name="After">How it stands since.</param>
/// <param name="Now">When it was looked at, in nanoseconds since 1970.</param>
internal sealed record StateChange(RuleStanding Standing, WatchedValue By, Crossing Before, Crossing After, long Now);

/// <summary>The changes of one commit, at most one of each state, and what to restore where they cannot be stored. Values that change nothing, and come before all that do, are final.</summary>
internal sealed class StateChanges
{
    private readonly HashSet<RuleStanding> changed = [];
    private readonly List<(RuleStanding Standing, Crossing Before)> looked = [];

    public List<StateChange> All { get; } = [];

    /// <summary>Changes of before that were not told, and whose values have come again.</summary>
    public List<Untold> Left { get; } = [];

    /// <returns>False where the state has a change already.</returns>
    public bool TryAdd(StateChange change)
    {
        if (!changed.Add(change.Standing))
        {
            return false;
        }

        All.Add(change);
        return true;
    }

    /// <summary>Sets how a rule stands with a device.</summary>
    public void Set(RuleStanding standing, in Crossing crossing)
    {
        if (All.Count > 0)
        {
            looked.Add((standing, standing.Crossing));
        }

        standing.Crossing = crossing;
    }

    public void Undo()
    {
        for (var i = looked.Count - 1; i >= 0; i--)
        {
            looked[i].Standing.Crossing = looked[i].Before;
        }

        looked.Clear();
    }
}
