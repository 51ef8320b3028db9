using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Availability;

/// <summary>A device's availability as the vendor writes it (reference 1.3, 1.8).</summary>
internal static class AvailabilityJson
{
    /// <summary>
    /// Adds c8y_Availability and c8y_Connection to a managed object whose availability is watched, whatever members of these names were sent. The status is the one that was told last, so that who
    /// reads, who listens and who sees the alarm know the same.
    /// </summary>
    public static void AddTo(JsonObject managedObject, DeviceTwin twin)
    {
        if (twin.Availability is not { } data)
        {
            return;
        }

        var availability = new JsonObject { ["status"] = Text(data) };
        if (twin.LastMessage is { } last)
        {
            availability["lastMessage"] = Text(last);
        }

        var connection =
            data == DataStatus.Maintenance ? ConnectionStatus.Maintenance
            : twin.Connection is { Connected: true } || twin.Push is not null ? ConnectionStatus.Connected
            : ConnectionStatus.Disconnected;
        managedObject["c8y_Availability"] = availability;
        managedObject["c8y_Connection"] = new JsonObject { ["status"] = Text(connection) };
    }

    /// <summary>{"deviceId","externalId","lastMessage","interval","dataStatus","connectionStatus"}</summary>
    public static JsonObject Of(DeviceTwin twin, DeviceAvailability known)
    {
        // Clients read externalId whether the device has one or not.
        var external = twin.ExternalIds.OrderByDescending(id => id.Type == Serial).Select(id => id.Value).FirstOrDefault() ?? "";
        var written = new JsonObject { ["deviceId"] = twin.Id, ["externalId"] = external };
        if (known.LastMessage is { } last)
        {
            written["lastMessage"] = Text(last);
        }

        written["interval"] = known.Interval;
        written["dataStatus"] = Text(known.Data);
        written["connectionStatus"] = Text(known.Connection);
        return written;
    }

    private const string Serial = "c8y_Serial";

    private static string Text<T>(T status)
        where T : struct, Enum => status.ToString().ToUpperInvariant();

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
