using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>A channel of a device as the pipeline remembers it between messages.</summary>
/// <param name="Place">Its place among the device's.</param>
/// <param name="Unit">Its unit, or null.</param>
internal sealed record KnownChannel(int Place, string? Unit);

/// <summary>A device as the pipeline remembers it between messages.</summary>
internal sealed class KnownDevice(string tenant, Stored<DeviceTwin> stored, DateTimeOffset read)
{
    private readonly Dictionary<(string Measurement, string Field), KnownChannel> channels = ChannelsOf(stored.Value.Channels);
    private volatile Watchers? watchers;

    public string Tenant { get; } = tenant;

    public Stored<DeviceTwin> Stored { get; } = stored;

    public DeviceTwin Twin => Stored.Value;

    public DateTimeOffset Read { get; } = read;

    public TagSet Tags { get; } = TagSet.Of(Tenants.Tenant.DeviceTag, stored.Value.Uuid.ToString());

    /// <summary>The channel that has the values of a field, or null where the twin has none yet.</summary>
    public KnownChannel? Find(string measurement, string field) => channels.GetValueOrDefault((measurement, field));

    /// <summary>Whether the twin has nothing to learn of the reading: it has a channel for it, of the same unit where it brings one, or no room for another.</summary>
    /// <param name="channel">The reading's channel, or null.</param>
    /// <param name="reading">The reading.</param>
    public bool Knows(KnownChannel? channel, in Reading reading) =>
        channel is not null
            ? reading.Unit is null || reading.Unit == channel.Unit
            : reading.Measurement == Readings.MessageMeasurement || channels.Count >= TwinUpdate.MostChannels;

    /// <summary>How the rules that watch a channel stand with the device. They are found once, of all channels: a rule may watch several.</summary>
    public RuleStanding[] Watching(RuleIndex rules, KnownChannel channel)
    {
        var found = watchers;
        if (found is null || found.Rules != rules)
        {
            var all = new RuleStanding[channels.Count][];
            foreach (var ((measurement, field), known) in channels)
            {
                all[known.Place] = rules.Watching(Twin, new SeriesField(measurement, Tags, field));
            }

            watchers = found = new Watchers(rules, all);
        }

        return found.ByChannel[channel.Place];
    }

    private static Dictionary<(string Measurement, string Field), KnownChannel> ChannelsOf(IReadOnlyList<Channel> channels)
    {
        var found = new Dictionary<(string, string), KnownChannel>(channels.Count);
        foreach (var channel in channels)
        {
            var name = (channel.Measurement, channel.Field);
            found[name] = new KnownChannel(found.TryGetValue(name, out var other) ? other.Place : found.Count, channel.Unit);
        }

        return found;
    }

    private sealed record Watchers(RuleIndex Rules, RuleStanding[][] ByChannel);
}
