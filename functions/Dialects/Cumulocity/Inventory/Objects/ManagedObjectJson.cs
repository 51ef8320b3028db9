using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Availability;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>A twin as a managed object: its fragments as they were sent, and what the twin itself knows under the names that clients look for.</summary>
internal static class ManagedObjectJson
{
    /// <summary>The vendor's media type.</summary>
    public const string Type = "managedobject";

    /// <summary>Whether a fragment marks a device.</summary>
    public static readonly IReadOnlyList<string> DeviceFragments = [ShownFragments.IsDevice, ShownFragments.Agent];

    /// <summary>The object, without what it is linked with: <see cref="ObjectReferences"/> adds that.</summary>
    public static JsonObject Of(DeviceTwin twin, SelfUrls urls)
    {
        var shown = new JsonObject { ["id"] = twin.Id, ["self"] = urls.ManagedObject(twin.Id) };
        Set(shown, "name", twin.IsUnnamed == true ? null : twin.Name);
        Set(shown, "type", twin.Type);
        Set(shown, "owner", twin.Owner);
        shown["creationTime"] = Time(twin.Created);
        shown["lastUpdated"] = Time(twin.Updated);
        foreach (var (name, value) in twin.Fragments)
        {
            shown[name] = value?.DeepClone();
        }

        AddDevice(shown, twin);
        AddLocation(shown, twin.Location);
        AddMember(shown, ShownFragments.Hardware, "serialNumber", twin.SerialNumber);
        AddMember(shown, ShownFragments.Hardware, "revision", twin.Hardware);
        AddMember(shown, ShownFragments.Firmware, "version", twin.Firmware);
        AvailabilityJson.AddTo(shown, twin);
        return shown;
    }

    /// <summary>The name that an object is known by where another is about it, or null.</summary>
    public static string? NameOf(DeviceTwin twin) => twin.IsUnnamed == true ? null : twin.Name;

    /// <summary>In UTC, to the millisecond.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void Set(JsonObject shown, string name, string? value)
    {
        if (value is not null)
        {
            shown[name] = value;
        }
    }

    /// <summary>A device of another door says nowhere that it is one; and what the hub can reach takes operations itself.</summary>
    private static void AddDevice(JsonObject shown, DeviceTwin twin)
    {
        if (twin.IsAsset || DeviceFragments.Any(shown.ContainsKey))
        {
            return;
        }

        foreach (var fragment in DeviceFragments)
        {
            shown[fragment] = new JsonObject();
        }
    }

    private static void AddLocation(JsonObject shown, Location? place)
    {
        if (place is null)
        {
            return;
        }

        var position = Fragment(shown, ShownFragments.Position);
        Set("lat", place.Latitude);
        Set("lng", place.Longitude);
        if (place.Altitude is { } altitude)
        {
            Set("alt", altitude);
        }

        // A number that means the same stays as it was written.
        void Set(string name, double value)
        {
            if (MirroredFragments.Number(position[name]) != value)
            {
                position[name] = value;
            }
        }
    }

    private static void AddMember(JsonObject shown, string fragment, string member, string? value)
    {
        if (value is not null)
        {
            Fragment(shown, fragment)[member] = value;
        }
    }

    private static JsonObject Fragment(JsonObject shown, string name)
    {
        if (shown[name] is not JsonObject fragment)
        {
            shown[name] = fragment = [];
        }

        return fragment;
    }
}
