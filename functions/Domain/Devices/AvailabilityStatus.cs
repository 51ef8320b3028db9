using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Devices;

/// <summary>Whether data comes as often as is required.</summary>
public enum DataStatus
{
    Available,
    Unavailable,

    /// <summary>Nothing is required of it for now.</summary>
    Maintenance,
}

/// <summary>Whether a device can be told what to do.</summary>
public enum ConnectionStatus
{
    Connected,
    Disconnected,

    /// <summary>Nothing is required of it for now.</summary>
    Maintenance,
}

/// <summary>A connection over which a device gets its commands that is not its hub's: a session of MQTT, or a poll that is held open.</summary>
/// <param name="Since">When it began; names it.</param>
/// <param name="Until">When it has ended unless it is renewed: an instance that dies leaves nothing behind for long.</param>
/// <param name="IsSession">Whether it is a session, and not a poll.</param>
public sealed record PushConnection(DateTimeOffset Since, DateTimeOffset Until, bool IsSession);

/// <summary>A device's availability, where somebody requires one: fragment c8y_RequiredAvailability.responseInterval, in minutes, 0 or less for maintenance (reference 1.8).</summary>
/// <param name="Interval">Minutes in which data is to come.</param>
/// <param name="LastMessage">When it was last heard of, to within a minute; null for never.</param>
/// <param name="Data">Whether data comes.</param>
/// <param name="Connection">Whether it is connected.</param>
public sealed record DeviceAvailability(int Interval, DateTimeOffset? LastMessage, DataStatus Data, ConnectionStatus Connection)
{
    /// <summary>The fragment that requires it.</summary>
    public const string Fragment = "c8y_RequiredAvailability";

    private const string Member = "responseInterval";

    // The last message is known to within this.
    private static readonly TimeSpan Resolution = TimeSpan.FromMinutes(1);

    // Longer than anybody waits, and no overflow of a date.
    private const int LongestInterval = 60 * 24 * 366 * 10;

    /// <summary>A device's availability, or null where none is required.</summary>
    public static DeviceAvailability? Of(DeviceTwin twin, DateTimeOffset now)
    {
        if (RequiredOf(twin) is not { } interval)
        {
            return null;
        }

        if (interval <= 0)
        {
            return new DeviceAvailability(interval, twin.LastMessage, DataStatus.Maintenance, ConnectionStatus.Maintenance);
        }

        var data = DueOf(twin, interval) > now ? DataStatus.Available : DataStatus.Unavailable;
        var isConnected = twin.Connection is { Connected: true } || twin.Push?.Until > now;
        return new DeviceAvailability(
            interval,
            twin.LastMessage,
            data,
            isConnected ? ConnectionStatus.Connected : ConnectionStatus.Disconnected
        );
    }

    /// <summary>The twin with what is kept of its availability: the status, and when it is to be looked at again. That it is unavailable is found by <see cref="AvailabilityWatch"/> alone.</summary>
    internal static DeviceTwin Keep(DeviceTwin twin, DateTimeOffset now)
    {
        var (status, silent) = (RequiredOf(twin), twin.Availability) switch
        {
            (null, _) => ((DataStatus?)null, (long?)null),
            (<= 0, _) => (DataStatus.Maintenance, null),
            ({ } interval, DataStatus.Unavailable) when DueOf(twin, interval) <= now => (DataStatus.Unavailable, null),
            ({ } interval, _) => (DataStatus.Available, DueOf(twin, interval).ToUnixTimeMilliseconds()),
        };
        return status == twin.Availability && silent == twin.SilentAt ? twin : twin with { Availability = status, SilentAt = silent };
    }

    /// <summary>An update of a twin with what is kept of its availability; a change of that is told.</summary>
    internal static (Stored<DeviceTwin> Old, DeviceTwin New, bool Log) Keep(
        (Stored<DeviceTwin> Old, DeviceTwin New, bool Log) update,
        DateTimeOffset now
    )
    {
        var twin = Keep(update.New, now);
        return update.Log || twin.Availability == update.Old.Value.Availability
            ? (update.Old, twin, update.Log)
            : (update.Old, twin with { Version = twin.Version + 1 }, true);
    }

    private static DateTimeOffset DueOf(DeviceTwin twin, int interval) =>
        (twin.LastMessage ?? twin.Created) + TimeSpan.FromMinutes(Math.Min(interval, LongestInterval)) + Resolution;

    private static int? RequiredOf(DeviceTwin twin) =>
        twin.Fragments[Fragment] is JsonObject required && required[Member] is JsonValue value
            ? value.TryGetValue<int>(out var minutes)
                ? minutes
                : value.TryGetValue<double>(out var part) && double.IsFinite(part)
                    ? (int)Math.Clamp(Math.Ceiling(part), int.MinValue, int.MaxValue)
                    : value.TryGetValue<string>(out var text) && int.TryParse(text, out var written)
                        ? written
                        : null
            : null;
}
