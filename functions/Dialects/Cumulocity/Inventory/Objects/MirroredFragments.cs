using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>Fragments that mean what the twin has a member of its own for: whoever reads the device by another API sees them there.</summary>
internal static class MirroredFragments
{
    /// <summary>The twin with what those of its fragments say that a request has touched.</summary>
    public static DeviceTwin Apply(DeviceTwin twin, IEnumerable<string> touched)
    {
        foreach (var name in touched)
        {
            var fragment = twin.Fragments[name] as JsonObject;
            twin = name switch
            {
                ShownFragments.Position => twin with { Location = LocationOf(fragment) },
                ShownFragments.Hardware => twin with
                {
                    SerialNumber = Text(fragment?["serialNumber"]),
                    Hardware = Text(fragment?["revision"]),
                },
                ShownFragments.Firmware => twin with { Firmware = Text(fragment?["version"]) },
                _ => twin,
            };
        }

        return twin;
    }

    /// <summary>A member's number, or null where it is none.</summary>
    public static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)
            : null;

    private static Location? LocationOf(JsonObject? position) =>
        Number(position?["lat"]) is { } latitude
        && Number(position?["lng"]) is { } longitude
        && Math.Abs(latitude) <= 90
        && Math.Abs(longitude) <= 180
            ? new Location(latitude, longitude, Number(position?["alt"]) is { } altitude && double.IsFinite(altitude) ? altitude : null)
            : null;

    private static string? Text(JsonNode? node) =>
        node is JsonValue value
        && value.GetValueKind() == JsonValueKind.String
        && value.GetValue<string>() is { Length: > 0 and <= 256 } text
            ? text
            : null;
}
