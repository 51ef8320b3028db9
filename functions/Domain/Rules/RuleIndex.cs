using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Rules;

/// <summary>A tenant's enabled rules, found by what they watch. It does not change: new rules make a new one.</summary>
internal sealed class RuleIndex
{
    // Fields in measurements: a name by itself is found sooner than a pair.
    private readonly Dictionary<string, Dictionary<string, Watchers>> watchers = [];
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
        if (watchers.TryGetValue(measurement, out var fields) && fields.TryGetValue(field, out var list))
        {
            list.Match(device, found);
        }

        if (paths.Count > 0 && paths.TryGetValue(measurement, out var plain) && plain.TryGetValue(RulePath.Plain(field), out var passing))
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
            ListOf(watchers, rule.Measurement, rule.Field).Add(rule);
        }
        else if (!RulePath.HasPlace(rule.Field))
        {
            ListOf(paths, rule.Measurement, RulePath.Plain(rule.Field)).Add(rule);
        }
        else
        {
            // The reading of {"value":1} is called as that of 1 alone.
            ListOf(watchers, rule.Measurement, rule.Field).Add(rule);
            if (rule.Field.EndsWith($".{Readings.ValueField}", StringComparison.Ordinal))
            {
                ListOf(watchers, rule.Measurement, rule.Field[..^(Readings.ValueField.Length + 1)]).Add(rule);
            }
        }
    }

    private static Watchers ListOf(Dictionary<string, Dictionary<string, Watchers>> lists, string measurement, string field)
    {
        if (!lists.TryGetValue(measurement, out var fields))
        {
            lists[measurement] = fields = [];
        }

        if (!fields.TryGetValue(field, out var list))
        {
            fields[field] = list = new Watchers();
        }

        return list;
    }

    /// <summary>The rules on one measurement and field, each found by the narrowest member of its scope.</summary>
    private sealed class Watchers
    {
        private readonly Dictionary<string, List<Rule>> byDevice = [];
        private readonly Dictionary<string, List<Rule>> byGroup = [];
        private readonly Dictionary<string, List<Rule>> byType = [];
        private readonly List<Rule> others = [];

        public bool Any => byDevice.Count + byGroup.Count + byType.Count + others.Count > 0;

        public void Add(Rule rule) => ListOf(rule.Scope).Add(rule);

        public void Match(DeviceTwin device, List<Rule> found)
        {
            Match(byDevice, device.Id, device, found);
            Match(byGroup, device.Group, device, found);
            Match(byType, device.Type, device, found);
            Match(others, device, found);
        }

        private List<Rule> ListOf(RuleScope scope) =>
            scope.Device is { } device ? In(byDevice, device)
            : scope.Group is { } group ? In(byGroup, group)
            : scope.Type is { } type ? In(byType, type)
            : others;

        private static List<Rule> In(Dictionary<string, List<Rule>> lists, string name)
        {
            if (!lists.TryGetValue(name, out var list))
            {
                lists[name] = list = [];
            }

            return list;
        }

        private static void Match(Dictionary<string, List<Rule>> lists, string? name, DeviceTwin device, List<Rule> found)
        {
            if (name is null || lists.Count == 0 || !lists.TryGetValue(name, out var rules))
            {
                return;
            }

            Match(rules, device, found);
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
