using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Management.Resources;

/// <summary>A merge patch of a device, and a device to be made, which is a patch of nothing.</summary>
internal static class DevicePatch
{
    /// <summary>The twin with the patch applied; the same one where that changes nothing.</summary>
    public static DeviceTwin Apply(DeviceTwin twin, JsonObject patch)
    {
        var result = Merge(twin, patch);
        return JsonNode.DeepEquals(DeviceJson.ToObject(twin), DeviceJson.ToObject(result)) ? twin : result;
    }

    public static NewDevice Read(JsonObject body)
    {
        var twin = Merge(Blank, body);
        return new NewDevice
        {
            Uuid = body.Text("uuid") is { } uuid ? Guid.Parse(uuid) : null,
            Name = body.Text("name"),
            Type = twin.Type,
            Owner = twin.Owner,
            Enabled = twin.Enabled,
            Relays = twin.Relays,
            SerialNumber = twin.SerialNumber,
            Firmware = twin.Firmware,
            Hardware = twin.Hardware,
            Location = twin.Location,
            Installation = twin.Installation,
            Group = twin.Group,
            ExternalIds = twin.ExternalIds,
            Channels = twin.Channels,
            Fragments = twin.Fragments,
            Desired = JsonMerge.Apply([], body.Object("desired") ?? []),
            Keys = body.Object("keys") is { } keys ? KeyRoutes.Read(keys) : null,
        };
    }

    private static readonly DeviceTwin Blank = new()
    {
        Id = "",
        Uuid = Guid.Empty,
        Name = "",
        Created = default,
        Updated = default,
    };

    private static DeviceTwin Merge(DeviceTwin twin, JsonObject patch) =>
        twin with
        {
            Name = patch.Text("name", twin.Name)!,
            Type = patch.Text("type", twin.Type),
            Owner = patch.Text("owner", twin.Owner),
            Enabled = patch.Flag("enabled", twin.Enabled),
            Relays = patch.Flag("relays", twin.Relays),
            ExternalIds = patch.Objects("externalIds", ReadExternalId, twin.ExternalIds),
            Fragments = patch.Object("fragments") is { } fragments ? JsonMerge.Apply(twin.Fragments, fragments) : twin.Fragments,
            SerialNumber = patch.Text("serialNumber", twin.SerialNumber),
            Firmware = patch.Text("firmware", twin.Firmware),
            Hardware = patch.Text("hardware", twin.Hardware),
            Location = patch.ContainsKey("location") ? MergeLocation(twin.Location, patch.Object("location")) : twin.Location,
            Installation = patch.Text("installation", twin.Installation),
            Group = patch.Text("group", twin.Group),
            Channels = patch.Objects("channels", ReadChannel, twin.Channels),
        };

    private static ExternalId ReadExternalId(JsonObject body) => new(body.Text("type")!, body.Text("value")!);

    private static Location? MergeLocation(Location? old, JsonObject? patch)
    {
        if (patch is null)
        {
            return null;
        }

        if (old is null && !(patch.ContainsKey("latitude") && patch.ContainsKey("longitude")))
        {
            throw DomainException.Invalid("location", "A location has a latitude and a longitude.");
        }

        var altitude = patch.ContainsKey("altitude") ? patch["altitude"]?.GetValue<double>() : old?.Altitude;
        return new Location(patch.Number("latitude", old?.Latitude ?? 0), patch.Number("longitude", old?.Longitude ?? 0), altitude);
    }

    private static Channel ReadChannel(JsonObject body) =>
        new(body.Integer("number", 0), body.Text("measurement")!, body.Text("field")!)
        {
            Type = body.Text("type"),
            Description = body.Text("description"),
            Unit = body.Text("unit"),
            Offset = body.Number("offset", 0),
            Calibration = body.Number("calibration", 1),
        };
}
