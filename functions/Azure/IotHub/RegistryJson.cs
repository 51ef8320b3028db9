using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Azure.IotHub;

/// <summary>Devices as IoT Hub's registry writes them.</summary>
internal static class RegistryJson
{
    /// <summary>
    /// A device's identity. The hub knows one way to prove oneself by: thumbprints where there are any, else keys, of which it wants two or none. A device that was made at the hub has neither here:
    /// it keeps what the hub has.
    /// </summary>
    /// <param name="identity">The device.</param>
    /// <param name="there">What the registry has of it now, or null for nothing.</param>
    /// <exception cref="DomainException">It has more than two thumbprints.</exception>
    public static JsonObject Write(HubIdentity identity, JsonObject? there = null) =>
        new()
        {
            ["deviceId"] = identity.HubId,
            ["status"] = StatusOf(identity.Enabled),
            ["authentication"] = identity switch
            {
                { Thumbprints.Count: > 2 } => throw DomainException.Invalid(
                    "thumbprints",
                    "IoT Hub takes two thumbprints of a device at most."
                ),
                { Thumbprints: [var first, ..] } => new JsonObject
                {
                    ["type"] = "selfSigned",
                    ["x509Thumbprint"] = new JsonObject
                    {
                        ["primaryThumbprint"] = first,
                        ["secondaryThumbprint"] = identity.Thumbprints[^1],
                    },
                },
                { PrimaryKey: not null } or { SecondaryKey: not null } => new JsonObject
                {
                    ["type"] = "sas",
                    ["symmetricKey"] = new JsonObject
                    {
                        ["primaryKey"] = identity.PrimaryKey ?? identity.SecondaryKey,
                        ["secondaryKey"] = identity.SecondaryKey ?? identity.PrimaryKey,
                    },
                },
                _ => there?["authentication"]?.DeepClone() ?? new JsonObject { ["type"] = "none" },
            },
        };

    public static string StatusOf(bool enabled) => enabled ? "enabled" : "disabled";

    /// <summary>Whether the device is connected, by the registry's own word, which may be minutes old.</summary>
    public static ConnectionState ConnectionOf(JsonObject device) => new(IsConnected(device), TimeOf(device["connectionStateUpdatedTime"]));

    /// <summary>The same of an identity or a twin; twins do not tell since when.</summary>
    public static bool IsConnected(JsonObject device) =>
        string.Equals(device["connectionState"]?.ToString(), "Connected", StringComparison.OrdinalIgnoreCase);

    /// <summary>The desired properties of a twin as the hub writes it, or null where it has none.</summary>
    public static HubDesired? DesiredOf(JsonNode? twin) =>
        (twin as JsonObject)?["properties"]?["desired"] is JsonObject desired && (long?)(desired["$version"] as JsonValue) is { } version
            ? new HubDesired(
                new JsonObject(
                    desired
                        .Where(member => !member.Key.StartsWith('$'))
                        .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))
                ),
                version,
                TimeOf(desired["$metadata"]?["$lastUpdated"])
            )
            : null;

    /// <summary>The hub writes a time that never was as the year 1, and times in UTC with or without a zone.</summary>
    public static DateTimeOffset? TimeOf(JsonNode? time) =>
        DateTimeOffset.TryParse(
            time?.ToString(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var read
        )
        && read.Year > 1
            ? read
            : null;
}
