using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>The objects that measurements and events are of. A user of the tenant may name any; a device only itself and what it owns, or what is below such.</summary>
internal sealed class SourceObjects(DeviceDirectory devices, DeviceScope scope)
{
    /// <summary>The id in a body's member source, {"id": …}; null where there is none.</summary>
    public static string? IdIn(JsonObject body) =>
        body["source"] is JsonObject source && source["id"] is JsonValue id
            ? id.TryGetValue<string>(out var text) && text.Length > 0
                ? text
                : id.GetValueKind() == System.Text.Json.JsonValueKind.Number
                    ? id.ToJsonString()
                    : null
            : null;

    /// <summary>The object to which data is to be added.</summary>
    /// <exception cref="CumulocityException">There is none of this id (422, as what is sent is wrong), or the caller may not write to it.</exception>
    public async Task<FoundDevice> ForWritingAsync(CumulocityRequest request, string id)
    {
        var stored = await FindAsync(request, id) ?? throw request.Invalid($"There is no managed object '{id}' to be the source.");
        await CheckAsync(request, stored.Value);
        return new FoundDevice(request.Tenant, stored);
    }

    /// <summary>The object whose data is asked for, or null where there is none of this id.</summary>
    /// <exception cref="CumulocityException">The caller may not see it.</exception>
    public async Task<DeviceTwin?> ForReadingAsync(CumulocityRequest request, string id)
    {
        var stored = await FindAsync(request, id);
        if (stored is not null)
        {
            await scope.CheckAsync(request, stored.Value);
        }

        return stored?.Value;
    }

    /// <summary>Refuses a request that is about everything of a tenant where the caller is a device.</summary>
    /// <exception cref="CumulocityException">The caller is a device.</exception>
    public static void CheckWhole(CumulocityRequest request) => DeviceScope.CheckWhole(request);

    /// <summary>Refuses a caller who may not change what belongs to an object.</summary>
    /// <exception cref="CumulocityException">He may not.</exception>
    public Task CheckAsync(CumulocityRequest request, DeviceTwin twin) => scope.CheckAsync(request, twin);

    private async Task<Stored<DeviceTwin>?> FindAsync(CumulocityRequest request, string id) =>
        DeviceScope.IsId(id) ? await devices.FindAsync(request.Tenant, id, request.Cancellation) : null;
}
