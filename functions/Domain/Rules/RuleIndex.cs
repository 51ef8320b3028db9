using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Rules;

/// <summary>A tenant's enabled rules, found by what they watch. It does not change: new rules make a new one.</summary>
internal sealed class RuleIndex
{
    private readonly Dictionary<(string Measurement, string Field), Watchers> watchers = [];
    private readonly Watchers silences = new();

    // By measurement, then by the plain form of the field: rules whose values may lie in arrays.
    private readonly Dictionary<string, Dictionary<string, Watchers>> paths = [];

    public RuleIndex(IEnumerable<Rule> rules)
    {
        foreach (var rule in rules.Where(rule => rule.Enabled))
        {
            Add(rule);
            All[rule.Id] = rule;
            if (rule.Condition is null)
            {
                silences.Add(rule);
            }
        }
    }

    /// <summary>The rules by id.</summary>
    public Dictionary<string, Rule> All { get; } = [];

    public bool IsEmpty => All.Count == 0;

    /// <summary>Adds the rules that watch a value of a device.</summary>
    public void Match(DeviceTwin device, string measurement, string field, List<Rule> found)
    {
        if (watchers.TryGetValue((measurement, field), out var list))
        {
            list.Match(device, found);
        }

        if (paths.Count > 0 && paths.TryGetValue(measurement, out var fields) && fields.TryGetValue(RulePath.Plain(field), out var passing))
        {
            passing.Match(device, found);
        }
    }

    /// <summary>Whether there are rules of silence.</summary>
    public bool HasSilences => silences.Any;

    /// <summary>Adds the rules of silence that watch a device.</summary>
    public void MatchSilences(DeviceTwin device, List<Rule> found)
    {
        if (device is { Enabled: true, IsAsset: false })
        {
            silences.Match(device, found);
        }
    }

    /// <summary>Whether a rule watches a device. One that may not send anything is not watched for silence.</summary>
    public static bool IsWatched(Rule rule, DeviceTwin device) =>
        IsInScope(rule.Scope, device) && (rule.Condition is not null || device is { Enabled: true, IsAsset: false });

    /// <summary>Whether a device is in a rule's scope.</summary>
    public static bool IsInScope(RuleScope scope, DeviceTwin device) =>
        (scope.Device is null || scope.Device == device.Id)
        && (scope.Group is null || scope.Group == device.Group)
        && (scope.Type is null || scope.Type == device.Type)
        && (scope.Member is null || scope.Member.Fits(device));

    private void Add(Rule rule)
    {
        if (rule.Path is null)
        {
            ListOf(watchers, (rule.Measurement, rule.Field)).Add(rule);
        }
        else if (!RulePath.HasPlace(rule.Field))
        {
            if (!paths.TryGetValue(rule.Measurement, out var fields))
            {
                paths[rule.Measurement] = fields = [];
            }

            ListOf(fields, RulePath.Plain(rule.Field)).Add(rule);
        }
        else
        {
            // The reading of {"value":1} is called as that of 1 alone.
            ListOf(watchers, (rule.Measurement, rule.Field)).Add(rule);
            if (rule.Field.EndsWith($".{Readings.ValueField}", StringComparison.Ordinal))
            {
                ListOf(watchers, (rule.Measurement, rule.Field[..^(Readings.ValueField.Length + 1)])).Add(rule);
            }
        }
    }

    private static Watchers ListOf<TKey>(Dictionary<TKey, Watchers> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = new Watchers();
        }

        return list;
    }

    /// <summary>The rules on one measurement and field. Those of one device are many, and found by it; the others are few.</summary>
    private sealed class Watchers
    {
        private readonly Dictionary<string, List<Rule>> byDevice = [];
        private readonly List<Rule> others = [];

        public bool Any => byDevice.Count + others.Count > 0;

        public void Add(Rule rule)
        {
            if (rule.Scope.Device is not { } device)
            {
                others.Add(rule);
            }
            else if (byDevice.TryGetValue(device, out var list))
            {
                list.Add(rule);
            }
            else
            {
                byDevice[device] = [rule];
            }
        }

        public void Match(DeviceTwin device, List<Rule> found)
        {
            if (byDevice.TryGetValue(device.Id, out var own))
            {
                Match(own, device, found);
            }

            Match(others, device, found);
        }

        private static void Match(List<Rule> rules, DeviceTwin device, List<Rule> found)
        {
            foreach (var rule in rules)
            {
                if (IsInScope(rule.Scope, device))
                {
                    found.Add(rule);
                }
            }
        }
    }
}
