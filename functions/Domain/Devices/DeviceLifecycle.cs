using System.Text.Json.Nodes;
using Serverless.Domain.Events;

namespace Serverless.Domain.Devices;

/// <summary>The events of a device's or asset's beginning and end: serverless.device.created and its like.</summary>
internal static class DeviceLifecycle
{
    public static CloudEvent Event(string what, string tenant, DeviceTwin twin) =>
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
