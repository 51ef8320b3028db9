using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Management.Resources;

/// <summary>The devices of a tenant and their desired properties. A path names a device by its id or its UUID.</summary>
internal sealed class DeviceRoutes(DeviceDirectory devices, DeviceService service)
{
    private const string Collection = "/devices";
    private const string Item = "/devices/{id}";
    private const string Desired = "/devices/{id}/desired";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listDevices", Access.Reader, "List devices", ListAsync)
            {
                Query = DeviceFilter.Parameters,
                Response = Components.PageOf("Device"),
            },
            new(
                "POST",
                Collection,
                "createDevice",
                Access.User,
                "Create a device; its keys are in this answer, later only an admin reads them",
                CreateAsync
            )
            {
                Request = "NewDevice",
                Response = "CreatedDevice",
                Status = 201,
                Tagged = true,
                Problems = [Problems.Exists],
            },
            new("GET", Item, "getDevice", Access.Reader, "Read a device", GetAsync) { Response = "Device", Tagged = true },
            new("PATCH", Item, "patchDevice", Access.User, "Change a device by a merge patch", PatchAsync)
            {
                Request = "DevicePatch",
                Response = "Device",
                Tagged = true,
                Conditional = true,
                Problems = [Problems.Exists],
            },
            new("DELETE", Item, "deleteDevice", Access.User, "Delete a device and all its data", DeleteAsync)
            {
                Status = 204,
                Conditional = true,
            },
            new("GET", Desired, "getDesired", Access.Reader, "Read a device's desired properties", GetDesiredAsync)
            {
                Response = "TwinProperties",
                Tagged = true,
            },
            new(
                "PATCH",
                Desired,
                "patchDesired",
                Access.User,
                "Change a device's desired properties by a merge patch, and tell it",
                PatchDesiredAsync
            )
            {
                Request = "DesiredPatch",
                Response = "TwinProperties",
                Tagged = true,
                Conditional = true,
            },
        ];

    private async Task<Answer> ListAsync(ManagementRequest request)
    {
        var (filter, order) = (await DeviceFilter.ReadAsync(devices, request), DeviceFilter.ReadOrder(request));
        return await Pages.ReadAsync(
            request,
            (limit, cursor) => devices.ListAsync(request.Tenant, filter, order, limit, cursor, request.Cancellation),
            device => Devices.Show(device.Value)
        );
    }

    private async Task<Answer> CreateAsync(ManagementRequest request)
    {
        var device = DevicePatch.Read(await request.ReadBodyAsync());
        var keys = device.Keys ?? DeviceKeys.New();
        var stored = await service.CreateAsync(request.Tenant, device with { Keys = keys }, request.Cancellation);
        var body = Devices.Show(stored.Value);
        body["keys"] = KeyRoutes.Show(keys);
        return Answer.Created(body, $"{ManagementRoute.Prefix}{Collection}/{stored.Value.Id}", stored.ETag);
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var device = await devices.GetAsync(request);
        return Answer.Ok(Devices.Show(device.Value), device.ETag);
    }

    private async Task<Answer> PatchAsync(ManagementRequest request)
    {
        var (id, seen) = await FindAsync(request);
        var patch = await request.ReadBodyAsync();
        var device = await service.UpdateAsync(request.Tenant, id, twin => DevicePatch.Apply(twin, patch), seen, request.Cancellation);
        return Answer.Ok(Devices.Show(device.Value), device.ETag);
    }

    private async Task<Answer> DeleteAsync(ManagementRequest request)
    {
        var (id, seen) = await FindAsync(request);
        await service.DeleteAsync(request.Tenant, id, seen, request.Cancellation);
        return Answer.NoContent;
    }

    private async Task<Answer> GetDesiredAsync(ManagementRequest request)
    {
        var device = await devices.GetAsync(request);
        return Answer.Ok(Show(device.Value.Desired), device.ETag);
    }

    private async Task<Answer> PatchDesiredAsync(ManagementRequest request)
    {
        var (id, seen) = await FindAsync(request);
        var patch = await request.ReadBodyAsync();
        var device = await service.PatchDesiredAsync(request.Tenant, id, patch, seen, request.Cancellation);
        return Answer.Ok(Show(device.Value.Desired), device.ETag);
    }

    private async ValueTask<(string Id, string? Seen)> FindAsync(ManagementRequest request)
    {
        var device = await devices.GetAsync(request);
        return (device.Value.Id, request.IfMatch(device.ETag));
    }

    private static JsonObject Show(TwinProperties properties) =>
        new() { ["values"] = properties.Values.DeepClone(), ["version"] = properties.Version };
}
