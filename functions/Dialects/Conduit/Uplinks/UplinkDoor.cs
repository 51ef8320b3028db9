using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>Takes the uplinks of HTTP requests into the cloud as messages of their devices.</summary>
internal sealed class UplinkDoor(NetworkDevices devices, ITelemetryIngest ingest, MessageClock clock)
{
    /// <summary>Takes uplinks, all or none; durable when the task completes.</summary>
    /// <exception cref="DomainException">A device is not named, is unknown and may not be made, or is disabled. Nothing was stored.</exception>
    public async Task TakeAsync(string tenant, IReadOnlyList<ConduitUplink> uplinks, CancellationToken cancellation)
    {
        var known = new Dictionary<string, DeviceTwin?>();
        foreach (var uplink in uplinks)
        {
            var id = uplink.NetworkId ?? throw DomainException.Invalid("networkId", "The device's network id is missing.");
            if (known.ContainsKey(id))
            {
                continue;
            }

            known[id] = await devices.FindAsync(tenant, id, cancellation);
            if (known[id] is { Enabled: false })
            {
                throw new DomainException(Refusal.Forbidden, $"The device '{id}' is disabled.");
            }
        }

        var unknown = known.Where(device => device.Value is null).Select(device => device.Key).ToList();
        if (unknown.Count > 0 && !await devices.MakesUnknownAsync(tenant, cancellation))
        {
            throw DomainException.NotFound($"device '{unknown[0]}'");
        }

        foreach (var id in unknown)
        {
            known[id] = await devices.MakeAsync(tenant, id, cancellation);
        }

        await ingest.IngestAsync(
            [.. uplinks.Select(uplink => ConduitPayloadDecoder.ToMessage(known[uplink.NetworkId!]!, uplink, clock.Next()))],
            cancellation
        );
    }
}
