using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>A device as the pipeline remembers it between messages.</summary>
internal sealed class KnownDevice(string tenant, Stored<DeviceTwin> stored, DateTimeOffset read)
{
    private readonly HashSet<(string Measurement, string Field)> channels =
    [
        .. stored.Value.Channels.Select(channel => (channel.Measurement, channel.Field)),
    ];

    private readonly HashSet<(string Measurement, string Field)> withUnit =
    [
        .. stored.Value.Channels.Where(channel => channel.Unit is not null).Select(channel => (channel.Measurement, channel.Field)),
    ];

    public string Tenant { get; } = tenant;

    public Stored<DeviceTwin> Stored { get; } = stored;

    public DeviceTwin Twin => Stored.Value;

    public DateTimeOffset Read { get; } = read;

    public TagSet Tags { get; } = TagSet.Of(Tenants.Tenant.DeviceTag, stored.Value.Uuid.ToString());

    /// <summary>Whether the twin has nothing to learn of the reading: it has a channel for it, with its unit where it brings one, or no room for another.</summary>
    public bool Knows(in Reading reading)
    {
        if (reading.Measurement == Readings.MessageMeasurement)
        {
            return true;
        }

        var name = (reading.Measurement, reading.Field);
        return channels.Contains(name) ? reading.Unit is null || withUnit.Contains(name) : channels.Count >= TwinUpdate.MostChannels;
    }
}
