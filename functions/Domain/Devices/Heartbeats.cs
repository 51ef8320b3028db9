using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Devices;

/// <summary>Signs of a device's life that come past the telemetry: the twin's last message is brought up to date in the same steps.</summary>
public sealed class Heartbeats(DeviceDirectory devices, TimeProvider time)
{
    /// <summary>Takes a sign of life of a device as it was read. Nobody is told; a device that somebody changes at this moment keeps what it has, and the next sign counts.</summary>
    public async Task TakeAsync(string tenant, Stored<DeviceTwin> device, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (device.Value.LastMessage is { } last && now - last < TelemetryPipeline.LastMessageStep)
        {
            return;
        }

        await devices.UpdateManyAsync(tenant, [(device, device.Value with { LastMessage = now }, false)], cancellation);
    }
}
