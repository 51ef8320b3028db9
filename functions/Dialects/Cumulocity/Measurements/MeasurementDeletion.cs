using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>Deletes measurements, and tells of one that is deleted by its id; of those that go in bulk nobody is told (reference 2.1).</summary>
internal sealed class MeasurementDeletion(
    MeasurementEraser eraser,
    MeasurementReader reader,
    DeviceDirectory devices,
    ChangeLog changes,
    Listeners listeners
)
{
    /// <summary>Deletes one.</summary>
    public async Task DeleteAsync(
        string tenant,
        DeviceTwin device,
        Measurement measurement,
        Effects effects,
        CancellationToken cancellation
    )
    {
        if (effects.HasFlag(Effects.Store))
        {
            await eraser.DeleteAsync(tenant, measurement, device, cancellation);
        }

        if (effects.HasFlag(Effects.Tell) && await listeners.AnyAsync(tenant, TelemetryPipeline.ChangeKind, device.Id, cancellation))
        {
            var body = new JsonObject { ["id"] = measurement.Id, ["device"] = device.Id };
            await changes.CommitAsync(tenant, [], [new Change(TelemetryPipeline.ChangeKind, device.Id, "delete", body)], cancellation);
        }
    }

    /// <summary>Deletes those of a device that a filter matches.</summary>
    public Task DeleteManyAsync(string tenant, DeviceTwin device, MeasurementFilter filter, CancellationToken cancellation) =>
        eraser.DeleteAsync(tenant, device, filter, cancellation);

    /// <summary>Deletes those of all devices that a filter matches.</summary>
    public async Task DeleteManyAsync(string tenant, MeasurementFilter filter, CancellationToken cancellation)
    {
        foreach (var (uuid, _, _) in await reader.FindDevicesAsync(tenant, filter, cancellation))
        {
            if (await devices.FindByUuidAsync(tenant, uuid, cancellation) is { } device)
            {
                await eraser.DeleteAsync(tenant, device.Value, filter, cancellation);
            }
        }
    }
}
