using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>A device as the pipeline remembers it between messages.</summary>
internal sealed class KnownDevice(string tenant, Stored<DeviceTwin> stored, DateTimeOffset read)
{
    private readonly Dictionary<(string Measurement, string Field), string?> units = UnitsOf(stored.Value.Channels);

    public string Tenant { get; } = tenant;

    public Stored<DeviceTwin> Stored { get; } = stored;

    public DeviceTwin Twin => Stored.Value;

    public DateTimeOffset Read { get; } = read;

    public TagSet Tags { get; } = TagSet.Of(Tenants.Tenant.DeviceTag, stored.Value.Uuid.ToString());

    /// <summary>Whether the twin has nothing to learn of the reading: it has a channel for it, of the same unit where it brings one, or no room for another.</summary>
    public bool Knows(in Reading reading)
    {
        if (reading.Measurement == Readings.MessageMeasurement)
        {
            return true;
        }

        var name = (reading.Measurement, reading.Field);
        return units.TryGetValue(name, out var unit)
            ? reading.Unit is null || reading.Unit == unit
            : units.Count >= TwinUpdate.MostChannels;
    }

    private static Dictionary<(string Measurement, string Field), string?> UnitsOf(IReadOnlyList<Channel> channels)
    {
        var found = new Dictionary<(string, string), string?>(channels.Count);
        foreach (var channel in channels)
        {
            found[(channel.Measurement, channel.Field)] = channel.Unit;
        }

        return found;
    }
}
