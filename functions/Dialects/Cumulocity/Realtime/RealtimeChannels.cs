using Serverless.Domain.Alarms;
using Serverless.Domain.Changes;
using Serverless.Domain.Commands;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>A channel that a change is told on.</summary>
/// <param name="Channel">The concrete channel, such as /alarms/208.</param>
/// <param name="Wildcard">The channel of those who want it for every source, such as /alarms/*; null where there is none.</param>
/// <param name="IsBare">Whether the data is the thing alone, without what was done with it: so agents get their operations.</param>
internal readonly record struct Delivery(string Channel, string? Wildcard, bool IsBare = false);

/// <summary>The names of channels (reference 2.1): /{kind}/{source or *}, and /{agent} for new operations of an agent and the devices below it.</summary>
internal static class RealtimeChannels
{
    public const string Measurements = "measurements";
    public const string Children = "WithChildren";
    public const string Any = "*";

    private static readonly Dictionary<string, string> KindsOfLog = new()
    {
        ["devices"] = "managedobjects",
        [TelemetryPipeline.ChangeKind] = Measurements,
        ["events"] = "events",
        [AlarmDirectory.ChangeKind] = "alarms",
        [CommandDirectory.ChangeKind] = "operations",
    };

    /// <summary>The kind of channels that a kind of changes is told on, or null where it is not told.</summary>
    public static string? KindOf(LoggedChange change) => KindsOfLog.GetValueOrDefault(change.Kind);

    /// <summary>Splits a channel into kind and source. An agent's channel has the kind "".</summary>
    /// <returns>False where it has another form; nothing ever comes on such a channel.</returns>
    public static bool TrySplit(string channel, out string kind, out string source)
    {
        var parts = channel.Split('/');
        (kind, source) = parts switch
        {
            ["", { Length: > 0 } agent] => ("", agent),
            ["", { Length: > 0 } first, { Length: > 0 } second] => (first, second),
            _ => ("", ""),
        };
        return source.Length > 0;
    }

    /// <summary>Whether changes of things below the source come on this channel too.</summary>
    public static bool NeedsAncestors(string channel) =>
        TrySplit(channel, out var kind, out _) && (kind.Length == 0 || kind.EndsWith(Children, StringComparison.Ordinal));

    /// <summary>The channels that a change is told on; none for a kind that is not told.</summary>
    /// <param name="change">The change.</param>
    /// <param name="ancestors">What its source is below of; empty where nobody asks.</param>
    public static IReadOnlyList<Delivery> Of(LoggedChange change, Ancestors ancestors)
    {
        if (KindOf(change) is not { } kind)
        {
            return [];
        }

        var deliveries = new List<Delivery> { new($"/{kind}/{change.Source}", $"/{kind}/{Any}") };
        if (kind is "alarms" or "events")
        {
            deliveries.Add(new Delivery($"/{kind}{Children}/{change.Source}", $"/{kind}{Children}/{Any}"));
            deliveries.AddRange(ancestors.All.Select(ancestor => new Delivery($"/{kind}{Children}/{ancestor}", null)));
        }
        else if (kind == "operations" && change.Action == "create")
        {
            deliveries.Add(new Delivery($"/{change.Source}", null, IsBare: true));
            deliveries.AddRange(ancestors.Devices.Select(agent => new Delivery($"/{agent}", null, IsBare: true)));
        }

        return deliveries;
    }

    /// <summary>The channels of a session without those that another one covers: who listens to /alarms/* has no need of /alarms/208, and must not get it twice.</summary>
    public static IEnumerable<string> WithoutCovered(IEnumerable<string> channels)
    {
        var all = channels.ToHashSet();
        return all.Where(channel =>
            !TrySplit(channel, out var kind, out var source)
            || source == Any
            || kind.EndsWith(Children, StringComparison.Ordinal)
            || !all.Contains($"/{kind}/{Any}")
        );
    }
}
