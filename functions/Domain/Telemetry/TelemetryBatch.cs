using Serverless.Domain.Devices;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>What a batch of messages comes to, before it is written.</summary>
internal sealed class TelemetryBatch
{
    /// <summary>Points by tenant.</summary>
    public Dictionary<string, List<Point>> Points { get; } = [];

    /// <summary>Twins that change, by device id.</summary>
    public Dictionary<string, TwinUpdate> Twins { get; } = [];

    /// <summary>Dead letters by partition.</summary>
    public Dictionary<string, List<DeadLetter>> DeadLetters { get; } = [];

    /// <summary>Log lines by tenant.</summary>
    public Dictionary<string, List<DeviceLogLine>> Log { get; } = [];

    /// <summary>Readings that somebody listens for, by tenant.</summary>
    public Dictionary<string, List<Changes.Change>> Changes { get; } = [];

    public TwinUpdate TwinOf(KnownDevice device)
    {
        if (!Twins.TryGetValue(device.Twin.Id, out var update))
        {
            Twins[device.Twin.Id] = update = new TwinUpdate(device);
        }

        return update;
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
