using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Availability;

/// <summary>GET /inventory/managedObjects/{id}/availability (reference 1.3).</summary>
internal sealed class AvailabilityRoutes(DeviceDirectory devices, TimeProvider time) : ICumulocityRoutes
{
    public IEnumerable<CumulocityRoute> All() =>
        [new CumulocityRoute("GET", "/inventory/managedObjects/{id}/availability", Permission.Read, GetAsync)];

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request)
    {
        var id = request["id"];
        var device = await devices.FindAsync(request.Tenant, id, request.Cancellation) ?? throw CumulocityErrors.ObjectNotFound(id);
        return DeviceAvailability.Of(device.Value, time.GetUtcNow()) is { } known
            ? CumulocityAnswer.Ok(AvailabilityJson.Of(device.Value, known), "")
            : throw CumulocityErrors.NotFound(
                "inventory",
                $"The availability of the managed object '{id}' is not monitored: it has no c8y_RequiredAvailability."
            );
    }
}
