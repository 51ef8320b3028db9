using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>A reading that has been written.</summary>
/// <param name="Device">The UUID of its device.</param>
/// <param name="Measurement">Its measurement.</param>
/// <param name="Value">Its value.</param>
/// <param name="Time">Nanoseconds since 1970, or null where the cloud dates it.</param>
internal sealed record Written(string Device, string Measurement, double Value, long? Time);

/// <summary>A reading as a door shows it.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Time">Nanoseconds since 1970, as exactly as the door tells.</param>
/// <param name="Resolution">Nanoseconds between two times that the door tells apart.</param>
/// <param name="Rounds">Whether it tells the nearest of these, and not the one before.</param>
internal sealed record Seen(double Value, long Time, long Resolution, bool Rounds = false)
{
    /// <summary>Whether it is this value at this time, as exactly as the door tells.</summary>
    public bool Is(double value, long exact)
    {
        var told = Rounds ? exact + (Resolution / 2) : exact;
        return Value == value && Time == told - (told % Resolution);
    }
}

/// <summary>A way in.</summary>
internal interface IEntrance
{
    string Name { get; }

    /// <summary>Writes a reading of a device that no other test has, at this time where the door takes one.</summary>
    Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time);
}

/// <summary>A way out.</summary>
internal interface IExit
{
    string Name { get; }

    /// <summary>The newest reading of the measurement that was written, or null where the door shows none.</summary>
    Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written);
}

/// <summary>Every door.</summary>
internal static class AllDoors
{
    public static readonly IReadOnlyList<IEntrance> Entrances =
    [
        new IotHubDoor(),
        new ProficloudDoor(),
        new LineProtocolDoor(),
        new ConduitDoor(),
        new ThingScaleDoor(),
        new ThingseeDoor(),
        new CumulocityDoor(),
        new SmartRestHubDoor(),
#if !ON_AZURE
        new ConduitMqttDoor(),
        new ThingScaleMqttDoor(),
        new SmartRestDoor(),
#endif
    ];

    public static readonly IReadOnlyList<IExit> Exits =
    [
        new ProficloudDoor(),
        new LineProtocolDoor(),
        new ConduitDoor(),
        new ConduitV4Door(),
        new ConduitV7Door(),
        new ThingScaleDoor(),
        new ThingseeDoor(),
        new CumulocityDoor(),
        new CumulocitySeriesDoor(),
    ];

    public const long Second = 1_000_000_000;

    public static long Nanoseconds(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
