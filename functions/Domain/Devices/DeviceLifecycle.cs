using System.Text.Json.Nodes;
using Serverless.Domain.Events;

namespace Serverless.Domain.Devices;

/// <summary>The events of devices' and assets' lives, and of devices' connections. Each is made of the twin's version that it tells of: the same version gives the same event.</summary>
internal static class DeviceLifecycle
{
    public static CloudEvent Created(string tenant, DeviceTwin twin) => Lifecycle("created", tenant, twin);

    public static CloudEvent Deleted(string tenant, DeviceTwin twin) => Lifecycle("deleted", tenant, twin);

    public static CloudEvent Connection(string tenant, DeviceTwin twin, Connection connection)
    {
        var what = connection.Connected ? "connected" : "disconnected";
        return new CloudEvent(
            $"{tenant}-{twin.Id}-{what}-{connection.Since.UtcTicks}",
            $"/tenants/{tenant}",
            $"serverless.device.{what}",
            $"devices/{twin.Id}",
            connection.Since,
            new JsonObject
            {
                ["id"] = twin.Id,
                ["uuid"] = twin.Uuid.ToString(),
                ["hubId"] = twin.HubId,
                ["group"] = twin.Group,
            }
        );
    }

    private static CloudEvent Lifecycle(string what, string tenant, DeviceTwin twin) =>
        new(
            $"{tenant}-{twin.Id}-{what}-{twin.Version}",
            $"/tenants/{tenant}",
            $"serverless.{(twin.IsAsset ? "asset" : "device")}.{what}",
            $"devices/{twin.Id}",
            twin.Updated,
            new JsonObject
            {
                ["id"] = twin.Id,
                ["uuid"] = twin.Uuid.ToString(),
                ["name"] = twin.Name,
                ["hubId"] = twin.HubId,
                ["group"] = twin.Group,
            }
        );
}
