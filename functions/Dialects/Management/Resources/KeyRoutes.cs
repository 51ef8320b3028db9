using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Management.Resources;

/// <summary>The keys and certificate thumbprints of a device. They have an entity tag of their own, apart from the device's.</summary>
internal sealed class KeyRoutes(DeviceDirectory devices, DeviceService service)
{
    private const string Path = "/devices/{id}/keys";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Path, "getKeys", Access.Admin, "Read a device's keys", GetAsync) { Response = "Keys", Tagged = true },
            new("POST", Path, "regenerateKey", Access.Admin, "Make a new random primary or secondary key", RegenerateAsync)
            {
                Request = "KeyRenewal",
                Response = "Keys",
                Tagged = true,
                Conditional = true,
            },
            new("PUT", Path, "setKeys", Access.Admin, "Set a device's keys and thumbprints; what is not given is removed", SetAsync)
            {
                Request = "NewKeys",
                Response = "Keys",
                Tagged = true,
                Conditional = true,
            },
        ];

    public static JsonObject Show(DeviceKeys keys) =>
        new()
        {
            ["primary"] = keys.Primary,
            ["secondary"] = keys.Secondary,
            ["thumbprints"] = JsonMembers.ToArray(keys.Thumbprints),
        };

    public static DeviceKeys Read(JsonObject body) => new(body.Text("primary"), body.Text("secondary"), body.Texts("thumbprints", []));

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var (_, keys) = await FindAsync(request);
        return Answer.Ok(Show(keys?.Value ?? DeviceKeys.None), keys?.ETag);
    }

    private async Task<Answer> RegenerateAsync(ManagementRequest request)
    {
        var (id, old) = await FindAsync(request);
        var primary = (await request.ReadBodyAsync()).Text("regenerate") == "primary";
        var keys = await service.RenewKeyAsync(request.Tenant, id, primary, request.IfMatch(old?.ETag ?? ""), request.Cancellation);
        return Answer.Ok(Show(keys.Value), keys.ETag);
    }

    private async Task<Answer> SetAsync(ManagementRequest request)
    {
        var (id, old) = await FindAsync(request);
        var given = Read(await request.ReadBodyAsync());
        var keys = await service.SetKeysAsync(request.Tenant, id, given, request.IfMatch(old?.ETag ?? ""), request.Cancellation);
        return Answer.Ok(Show(keys.Value), keys.ETag);
    }

    private async ValueTask<(string Id, Stored<DeviceKeys>? Keys)> FindAsync(ManagementRequest request)
    {
        var id = (await devices.GetAsync(request)).Value.Id;
        return (id, await devices.FindKeysAsync(request.Tenant, id, request.Cancellation));
    }
}
