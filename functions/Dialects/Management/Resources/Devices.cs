using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Management.Resources;

/// <summary>Finds the device that a path or a parameter names, by its id or its UUID.</summary>
internal static class Devices
{
    /// <exception cref="DomainException">The tenant has no such device.</exception>
    public static async ValueTask<Stored<DeviceTwin>> GetAsync(this DeviceDirectory devices, ManagementRequest request)
    {
        var name = request.Path("id");
        return await devices.FindByNameAsync(request, name) ?? throw DomainException.NotFound($"device '{name}'");
    }

    public static ValueTask<Stored<DeviceTwin>?> FindByNameAsync(this DeviceDirectory devices, ManagementRequest request, string name) =>
        Guid.TryParseExact(name, "D", out var uuid)
            ? devices.FindByUuidAsync(request.Tenant, uuid, request.Cancellation)
            : devices.FindAsync(request.Tenant, name, request.Cancellation);

    public static JsonObject Show(DeviceTwin twin)
    {
        var body = DeviceJson.ToObject(twin);
        body.Insert(2, "hubId", twin.HubId);
        return body;
    }
}
