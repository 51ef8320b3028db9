using Serverless.Domain.Devices;

namespace Serverless.Domain.Rules;

/// <summary>A tenant's enabled rules, found by what they watch. It does not change: new rules make a new one.</summary>
internal sealed class RuleIndex
{
    // Fields in measurements: a name by itself is found sooner than a pair.
    private readonly Dictionary<string, Dictionary<string, Watchers>> watchers = [];
    private readonly Watchers silences = new();

    public RuleIndex(IEnumerable<Rule> rules)
    {
        foreach (var rule in rules.Where(rule => rule.Enabled))
        {
            if (!watchers.TryGetValue(rule.Measurement, out var fields))
            {
                watchers[rule.Measurement] = fields = [];
            }

            if (!fields.TryGetValue(rule.Field, out var list))
            {
                fields[rule.Field] = list = new Watchers();
            }

            list.Add(rule);
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
        && (scope.Type is null || scope.Type == device.Type);

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
            found.AddRange(others);
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
