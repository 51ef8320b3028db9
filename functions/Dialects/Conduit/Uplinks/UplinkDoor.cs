using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>Takes uplinks into the cloud as messages of their devices, which are made where the tenant wants unknown devices to be.</summary>
internal sealed class UplinkDoor(
    DeviceDirectory devices,
    DeviceService service,
    TenantDirectory tenants,
    ProvisioningOptions options,
    ITelemetryIngest ingest,
    MessageClock clock
)
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

            known[id] = (await devices.FindByNameAsync(tenant, ConduitPayloadDecoder.NetworkId, id, cancellation))?.Value;
            if (known[id] is { Enabled: false })
            {
                throw new DomainException(Refusal.Forbidden, $"The device '{id}' is disabled.");
            }
        }

        var unknown = known.Where(device => device.Value is null).Select(device => device.Key).ToList();
        if (unknown.Count > 0 && !await ProvisionsAsync(tenant, cancellation))
        {
            throw DomainException.NotFound($"device '{unknown[0]}'");
        }

        foreach (var id in unknown)
        {
            known[id] = await CreateAsync(tenant, id, cancellation);
        }

        await ingest.IngestAsync(
            [.. uplinks.Select(uplink => ConduitPayloadDecoder.ToMessage(known[uplink.NetworkId!]!, uplink, clock.Next()))],
            cancellation
        );
    }

    private async ValueTask<bool> ProvisionsAsync(string tenant, CancellationToken cancellation)
    {
        var settings = (await tenants.FindAsync(tenant, cancellation))?.Value.Settings;
        return (settings?.UnknownDevices ?? options.UnknownDevices) == UnknownDevices.AutoProvision;
    }

    private async Task<DeviceTwin> CreateAsync(string tenant, string id, CancellationToken cancellation)
    {
        var external = new ExternalId(ConduitPayloadDecoder.NetworkId, id);
        try
        {
            return (await service.CreateAsync(tenant, new NewDevice { ExternalIds = [external] }, cancellation)).Value;
        }
        catch (DomainException taken) when (taken.Refusal == Refusal.Exists)
        {
            // Another request made it at this moment; else it is not of that name that there is one already.
            if (await devices.FindByExternalIdAsync(tenant, external, cancellation) is { } made)
            {
                return made.Value;
            }

            throw;
        }
    }
}
