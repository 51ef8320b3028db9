using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>A channel of a device as the pipeline remembers it between messages.</summary>
/// <param name="unit">Its unit, or null.</param>
internal sealed class KnownChannel(string? unit)
{
    private RuleIndex? rules;
    private RuleStanding[] watching = [];

    public string? Unit { get; } = unit;

    /// <summary>How the rules that watch the channel stand with its device, or null where that was found for other rules.</summary>
    public RuleStanding[]? Watching(RuleIndex of) => Volatile.Read(ref rules) == of ? watching : null;

    public void Watch(RuleIndex of, RuleStanding[] standings)
    {
        lock (this)
        {
            // Whoever reads without the lock never sees rules together with what was found for older ones.
            Volatile.Write(ref rules, null);
            Volatile.Write(ref watching, standings);
            Volatile.Write(ref rules, of);
        }
    }
}

/// <summary>A device as the pipeline remembers it between messages.</summary>
internal sealed class KnownDevice(string tenant, Stored<DeviceTwin> stored, DateTimeOffset read)
{
    private long ticks = read.UtcTicks;
    private readonly Dictionary<(string Measurement, string Field), KnownChannel> channels = ChannelsOf(stored.Value.Channels);

    public string Tenant { get; } = tenant;

    public Stored<DeviceTwin> Stored { get; } = stored;

    public DeviceTwin Twin => Stored.Value;

    /// <summary>When the device was last found to be stored so.</summary>
    public DateTimeOffset Read => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    public TagSet Tags { get; } = TagSet.Of(Tenants.Tenant.DeviceTag, stored.Value.Uuid.ToString());

    /// <summary>Takes note that the device is stored so still.</summary>
    public void Confirm(DateTimeOffset at) => Volatile.Write(ref ticks, at.UtcTicks);

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
        if (channel.Watching(rules) is { } found)
        {
            return found;
        }

        RuleStanding[] own = [];
        foreach (var ((measurement, field), known) in channels)
        {
            var standings = rules.Watching(Twin, new SeriesField(measurement, Tags, field));
            known.Watch(rules, standings);
            own = known == channel ? standings : own;
        }

        return own;
    }

    private static Dictionary<(string Measurement, string Field), KnownChannel> ChannelsOf(IReadOnlyList<Channel> channels)
    {
        var found = new Dictionary<(string, string), KnownChannel>(channels.Count);
        foreach (var channel in channels)
        {
            found[(channel.Measurement, channel.Field)] = new KnownChannel(channel.Unit);
        }

        return found;
    }
}
