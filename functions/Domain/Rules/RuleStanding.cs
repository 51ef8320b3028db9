using Serverless.Domain.Series;

namespace Serverless.Domain.Rules;

/// <summary>How a version of a rule stands with devices, as far as this instance knows. Safe for any number of threads.</summary>
internal sealed class RuleStandings(Rule rule)
{
    private readonly Dictionary<string, RuleStanding> devices = [];
    private bool isOver;

    public Rule Rule { get; private set; } = rule;

    public RuleStanding Of(string device)
    {
        lock (devices)
        {
            if (!devices.TryGetValue(device, out var standing))
            {
                devices[device] = standing = new RuleStanding(Rule, device) { IsOver = isOver };
            }

            return standing;
        }
    }

    /// <summary>Takes the rule as it is called now, and what it raises; what it watches is the same.</summary>
    public void Rename(Rule rule)
    {
        lock (devices)
        {
            Rule = rule;
            foreach (var standing in devices.Values)
            {
                standing.Rule = rule;
            }
        }
    }

    /// <summary>Ends the version: no value is held against it any more.</summary>
    public void End()
    {
        lock (devices)
        {
            isOver = true;
            foreach (var standing in devices.Values)
            {
                standing.IsOver = true;
            }
        }
    }
}

/// <summary>How a rule stands with a device. Crossings are read and set under the gate of <see cref="TenantRules"/>.</summary>
internal sealed class RuleStanding(Rule rule, string device)
{
    private volatile SeriesField[] fields = [];
    private RuleStateDocument? untold;

    public Rule Rule { get; set; } = rule;

    /// <summary>The device's id.</summary>
    public string Device { get; } = device;

    /// <summary>Whether the rule is gone, or watches something else.</summary>
    public bool IsOver { get; set; }

    /// <summary>As far as this instance knows.</summary>
    public Crossing Crossing { get; set; } = Crossing.None;

    /// <summary>The stored state that has not been told, or null.</summary>
    public RuleStateDocument? Untold
    {
        get => Volatile.Read(ref untold);
        set => Volatile.Write(ref untold, value);
    }

    /// <summary>The fields whose values have come to this instance, and others that it knows the rule to watch.</summary>
    public IReadOnlyList<SeriesField> Fields => fields;

    /// <summary>Takes note of a field that the rule watches.</summary>
    public void Watch(in SeriesField field)
    {
        if (!fields.Contains(field))
        {
            lock (this)
            {
                fields = [.. fields.Append(field).Distinct()];
            }
        }
    }

    /// <summary>Takes note that a change was told, where no other has come since.</summary>
    public void MarkTold(RuleStateDocument told) => Interlocked.CompareExchange(ref untold, null, told);
}
