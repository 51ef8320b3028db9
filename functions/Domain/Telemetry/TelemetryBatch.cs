using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Rules;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>What a batch of messages comes to, before it is written.</summary>
/// <param name="messages">How many messages, which tells about how many points there will be.</param>
internal sealed class TelemetryBatch(int messages)
{
    private const int PointsPerMessage = 6;

    private readonly Dictionary<(string Tenant, string Id, string Version), KnownDevice> devices = [];
    private (string Tenant, List<WatchedValue> Values)? watching;

    /// <summary>Points by tenant.</summary>
    public Dictionary<string, List<Point>> Points { get; } = [];

    /// <summary>Twins that change, by tenant and device id.</summary>
    public Dictionary<(string Tenant, string Id), TwinUpdate> Twins { get; } = [];

    /// <summary>Dead letters by partition.</summary>
    public Dictionary<string, List<DeadLetter>> DeadLetters { get; } = [];

    /// <summary>Log lines by tenant.</summary>
    public Dictionary<string, List<DeviceLogLine>> Log { get; } = [];

    /// <summary>What devices said of their commands.</summary>
    public List<(string Tenant, string Device, CommandEcho Echo)> Echoes { get; } = [];

    /// <summary>Readings that somebody listens for, by tenant.</summary>
    public Dictionary<string, List<Changes.Change>> Changes { get; } = [];

    /// <summary>Values that rules watch, by tenant, in the order in which they came.</summary>
    internal Dictionary<string, List<WatchedValue>> Watched { get; } = [];

    /// <summary>Takes note of a value for the rules that watch it.</summary>
    /// <param name="rules">The tenant's rules, or null where it has none.</param>
    /// <param name="device">The device.</param>
    /// <param name="channel">The value's channel, where the device has it already.</param>
    /// <param name="point">The value.</param>
    internal void Watch(RuleIndex? rules, KnownDevice device, KnownChannel? channel, in Point point)
    {
        if (rules is null)
        {
            return;
        }

        // What comes by the line protocol may have more tags than its device.
        var standings =
            channel is not null && point.Tags.Count == device.Tags.Count
                ? device.Watching(rules, channel)
                : rules.Watching(device.Twin, new SeriesField(point.Measurement, point.Tags, point.Field));
        if (standings.Length > 0)
        {
            WatchedOf(device.Tenant).Add(new WatchedValue(standings, point.Time, point.Value));
        }
    }

    /// <summary>A device that a door has found, once for all its messages.</summary>
    public KnownDevice DeviceOf(FoundDevice found, DateTimeOffset read)
    {
        var key = (found.Tenant, found.Stored.Value.Id, found.Stored.ETag);
        if (!devices.TryGetValue(key, out var device))
        {
            devices[key] = device = new KnownDevice(found.Tenant, found.Stored, read);
        }

        return device;
    }

    public TwinUpdate TwinOf(KnownDevice device)
    {
        var key = (device.Tenant, device.Twin.Id);
        if (!Twins.TryGetValue(key, out var update))
        {
            Twins[key] = update = new TwinUpdate(device);
        }

        return update;
    }

    /// <summary>The tenant's points. They are many, and a list that grows leaves each of its smaller selves to the collector.</summary>
    public List<Point> PointsOf(string tenant)
    {
        if (!Points.TryGetValue(tenant, out var points))
        {
            Points[tenant] = points = new List<Point>(messages * PointsPerMessage);
        }

        return points;
    }

    private List<WatchedValue> WatchedOf(string tenant)
    {
        if (watching is { } last && ReferenceEquals(last.Tenant, tenant))
        {
            return last.Values;
        }

        if (!Watched.TryGetValue(tenant, out var values))
        {
            Watched[tenant] = values = WatchedLists.Take();
        }

        watching = (tenant, values);
        return values;
    }

    public static List<T> In<T>(Dictionary<string, List<T>> lists, string key)
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        return list;
    }
}
