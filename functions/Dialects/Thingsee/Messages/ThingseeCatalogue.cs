using System.Collections.Frozen;

namespace Serverless.Dialects.Thingsee.Messages;

/// <summary>A property of a message, with its unit where the specification names one.</summary>
internal sealed record ThingseeProperty(string Name, string? Unit = null);

/// <summary>A kind of message.</summary>
/// <param name="Id">Its tsmId.</param>
/// <param name="Name">What it is, for people.</param>
/// <param name="IsCommand">Whether it may be sent to a thing.</param>
/// <param name="Properties">Its own properties, which stand at the message's root beside the header. Properties that are lists are only in the message as it was sent.</param>
internal sealed record ThingseeProfile(int Id, string Name, bool IsCommand, IReadOnlyList<ThingseeProperty> Properties);

/// <summary>The kinds of messages that Thingsee's message specification names (reference C.2), with the units that it gives. What is not in it is taken too, without a unit.</summary>
internal static class ThingseeCatalogue
{
    private const bool Command = true;

    /// <summary>The profiles by tsmId.</summary>
    public static readonly FrozenDictionary<int, ThingseeProfile> Profiles = new[]
    {
        Profile(1100, "device information", false, "swVersion", "modelCode", "psn"),
        Profile(1101, "information request", Command, "requestTsmId"),
        Profile(1102, "information unavailable", false),
        Profile(1110, "battery", false, "batl:%", "chrg"),
        Profile(1111, "acceleration", false, "accx", "accy", "accz"),
        Profile(1112, "uptime", false, "uptime"),
        Profile(1202, "neighbour", false, "tuid", "rssi", "rssiDbm"),
        Profile(1210, "location", false, "lat", "lon", "lacr"),
        Profile(1211, "cellular network", false, "cellRsrp", "cellRat"),
        Profile(1212, "SIM", false, "imei", "imsi", "mcc_mnc", "operatorName"),
        Profile(1300, "firmware update", Command),
        Profile(1301, "firmware update result", false, "result", "resultReason"),
        Profile(1302, "mesh firmware update", Command),
        Profile(1303, "mesh firmware update result", false, "result", "resultReason"),
        Profile(1312, "binary", false, "binaryType", "binaryVersion"),
        Profile(1400, "diagnostics", Command),
        Profile(1401, "diagnostics", false),
        Profile(1402, "remote command", Command, "command", "payload", "result"),
        Profile(1403, "error", false),
        Profile(1404, "reset", Command),
        Profile(1500, "intervals", Command, "measurementInterval", "reportInterval"),
        Profile(1501, "node role", Command, "nodeRole", "autoRole", "lowLatency"),
        Profile(1502, "node access cycle", Command, "nodeAccessCycle"),
        Profile(1503, "battery configuration", Command, "profileId"),
        Profile(1504, "activity", Command, "enabled"),
        Profile(1505, "LED", Command, "profileId", "duration"),
        Profile(1600, "ping", Command),
        Profile(2100, "occupancy", false, "state"),
        Profile(2101, "jam", false, "state"),
        Profile(11200, "heartbeat summary", false, "slotInterval", "slotBitCount"),
        Profile(11201, "heartbeat summary", false),
        Profile(11210, "heartbeat configuration", Command),
        Profile(11500, "secondary MQTT", Command),
        Profile(11501, "secondary MQTT", Command),
        Profile(12100, "environment", false, "airp:Pa", "humd:%", "temp:°C", "lght"),
        Profile(12101, "magnet", false, "hall", "hallCount"),
        Profile(12102, "leakage", false, "resistance"),
        Profile(12200, "environment modes", Command, "accelerometerMode", "weatherMode", "hallMode", "leakageMode"),
        Profile(12210, "hysteresis configuration", Command),
        Profile(13100, "movement", false, "moveCount"),
        Profile(13102, "visitors", false, "count", "duration"),
        Profile(13103, "visitors by direction", false, "in", "out", "totalIn", "totalOut"),
        Profile(13200, "movement configuration", Command, "threshold", "enableLed", "mode", "passiveReportInterval"),
        Profile(16100, "vibration", false),
        Profile(16200, "vibration configuration", Command),
        Profile(17100, "distance", false, "dist:mm", "status"),
        Profile(17200, "distance", false, "dist:mm", "status"),
        Profile(17220, "distance configuration", Command),
        Profile(18100, "angle", false, "angle"),
        Profile(18101, "angle sensor temperature", false, "temp:°C"),
        Profile(24100, "carbon dioxide", false, "carbonDioxide:ppm", "status"),
        Profile(24101, "volatile organic compounds", false, "tvoc:ppb"),
        Profile(24200, "air quality configuration", Command),
        Profile(25100, "USB", false, "usbState"),
    }.ToFrozenDictionary(profile => profile.Id);

    /// <summary>The unit of a message's property, or null where the specification names none.</summary>
    public static string? UnitOf(int id, string property) =>
        Profiles.GetValueOrDefault(id)?.Properties.FirstOrDefault(known => known.Name == property)?.Unit;

    private static ThingseeProfile Profile(int id, string name, bool isCommand, params IEnumerable<string> properties) =>
        new(id, name, isCommand, [.. properties.Select(Property)]);

    private static ThingseeProperty Property(string text)
    {
        var colon = text.IndexOf(':');
        return colon < 0 ? new ThingseeProperty(text) : new ThingseeProperty(text[..colon], text[(colon + 1)..]);
    }
}
