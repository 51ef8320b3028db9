using Serverless.Domain.Devices;
using Serverless.Domain.Series;
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

    private readonly Dictionary<string, RuleStandings> all = [];

    /// <param name="rules">The tenant's rules.</param>
    /// <param name="before">Those of before, or null: how a rule stands with devices is kept where it is of the same version, and the others end.</param>
    public RuleIndex(IEnumerable<Rule> rules, RuleIndex? before)
    {
        foreach (var rule in rules.Where(rule => rule.Enabled))
        {
            var standings = before?.Find(rule.Id);
            if (standings?.Rule.Version == rule.Version)
            {
                standings.Rename(rule);
            }
            else
            {
                standings = new RuleStandings(rule);
            }

            all[rule.Id] = standings;
            Add(standings);
            if (rule.Condition is null)
            {
                silences.Add(standings);
            }
        }

        foreach (var over in before?.all.Values.Where(known => Find(known.Rule.Id) != known) ?? [])
        {
            over.End();
        }
    }

    public bool IsEmpty => all.Count == 0;

    /// <summary>How a rule stands with devices, or null where there is none of that id.</summary>
    public RuleStandings? Find(string id) => all.GetValueOrDefault(id);

    /// <summary>How the rules that watch a field of a device stand with it.</summary>
    public RuleStanding[] Watching(DeviceTwin device, in SeriesField field)
    {
        var direct = watchers.GetValueOrDefault(field.Measurement)?.GetValueOrDefault(field.Field);
        var passing = paths.GetValueOrDefault(field.Measurement)?.GetValueOrDefault(RulePath.Plain(field.Field));
        if (direct is null && passing is null)
        {
            return [];
        }

        var found = new List<RuleStandings>();
        direct?.Match(device, found);
        passing?.Match(device, found);
        var standings = new RuleStanding[found.Count];
        for (var i = 0; i < standings.Length; i++)
        {
            standings[i] = found[i].Of(device.Id);
            standings[i].Watch(field);
        }

        return standings;
    }

    /// <summary>Whether there are rules of silence.</summary>
    public bool HasSilences => silences.Any;

    /// <summary>Adds the rules of silence that watch a device.</summary>
    public void MatchSilences(DeviceTwin device, List<RuleStandings> found)
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

    private void Add(RuleStandings standings)
    {
        var rule = standings.Rule;
        if (rule.Path is null)
        {
            ListOf(watchers, rule.Measurement, rule.Field).Add(standings);
        }
        else if (!RulePath.HasPlace(rule.Field))
        {
            ListOf(paths, rule.Measurement, RulePath.Plain(rule.Field)).Add(standings);
        }
        else
        {
            // The reading of {"value":1} is called as that of 1 alone.
            ListOf(watchers, rule.Measurement, rule.Field).Add(standings);
            if (rule.Field.EndsWith($".{Readings.ValueField}", StringComparison.Ordinal))
            {
                ListOf(watchers, rule.Measurement, rule.Field[..^(Readings.ValueField.Length + 1)]).Add(standings);
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
        private readonly Dictionary<string, List<RuleStandings>> byDevice = [];
        private readonly Dictionary<string, List<RuleStandings>> byGroup = [];
        private readonly Dictionary<string, List<RuleStandings>> byType = [];
        private readonly List<RuleStandings> others = [];

        public bool Any => byDevice.Count + byGroup.Count + byType.Count + others.Count > 0;

        public void Add(RuleStandings rule) => ListOf(rule.Rule.Scope).Add(rule);

        public void Match(DeviceTwin device, List<RuleStandings> found)
        {
            Match(byDevice, device.Id, device, found);
            Match(byGroup, device.Group, device, found);
            Match(byType, device.Type, device, found);
            Match(others, device, found);
        }

        private List<RuleStandings> ListOf(RuleScope scope) =>
            scope.Device is { } device ? In(byDevice, device)
            : scope.Group is { } group ? In(byGroup, group)
            : scope.Type is { } type ? In(byType, type)
            : others;

        private static List<RuleStandings> In(Dictionary<string, List<RuleStandings>> lists, string name)
        {
            if (!lists.TryGetValue(name, out var list))
            {
                lists[name] = list = [];
            }

            return list;
        }

        private static void Match(Dictionary<string, List<RuleStandings>> lists, string? name, DeviceTwin device, List<RuleStandings> found)
        {
            if (name is null || lists.Count == 0 || !lists.TryGetValue(name, out var rules))
            {
                return;
            }

            Match(rules, device, found);
        }

        private static void Match(List<RuleStandings> rules, DeviceTwin device, List<RuleStandings> found)
        {
            foreach (var rule in rules)
            {
                if (IsInScope(rule.Rule.Scope, device))
                {
                    found.Add(rule);
                }
            }
        }
    }
}
