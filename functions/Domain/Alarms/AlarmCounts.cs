using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Domain.Alarms;

/// <summary>
/// How many open alarms of each severity a device has, kept on its twin: so that lists of devices can be filtered by it, and whoever listens to the device is told. It is written in the commit of the
/// alarm, and only where a number changes: an alarm that is counted up costs nothing more.
/// </summary>
internal static class AlarmCounts
{
    /// <summary>The twin's fragment {"critical","major","minor","warning"}; the name is the one that Cumulocity's programs ask for.</summary>
    public const string Fragment = "c8y_ActiveAlarmsStatus";

    /// <summary>The severities that alarms have less (from) and more (to) of by a change.</summary>
    public static IReadOnlyDictionary<AlarmSeverity, int> Difference(IEnumerable<(Alarm? From, Alarm? To)> changes)
    {
        var difference = new Dictionary<AlarmSeverity, int>();
        foreach (var (from, to) in changes)
        {
            Add(from, -1);
            Add(to, 1);
        }

        return difference.Where(pair => pair.Value != 0).ToDictionary();

        void Add(Alarm? alarm, int by)
        {
            if (alarm is { IsOpen: true })
            {
                difference[alarm.Severity] = difference.GetValueOrDefault(alarm.Severity) + by;
            }
        }
    }

    public static DeviceTwin Apply(DeviceTwin twin, IReadOnlyDictionary<AlarmSeverity, int> difference)
    {
        var known = twin.Fragments[Fragment] as JsonObject;
        var counts = new JsonObject();
        foreach (var severity in Enum.GetValues<AlarmSeverity>())
        {
            var name = severity.ToString().ToLowerInvariant();
            var before = known?[name] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;
            counts[name] = Math.Max(0, before + difference.GetValueOrDefault(severity));
        }

        var fragments = twin.Fragments.DeepClone().AsObject();
        fragments[Fragment] = counts;
        return twin with { Fragments = fragments };
    }
}
