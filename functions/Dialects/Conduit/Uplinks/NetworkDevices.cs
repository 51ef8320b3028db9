using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>Devices by their network ids, made where the tenant wants unknown ones to be.</summary>
internal sealed class NetworkDevices(DeviceDirectory devices, DeviceService service, TenantDirectory tenants, ProvisioningOptions options)
{
    public async ValueTask<DeviceTwin?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        (await devices.FindByNameAsync(tenant, ConduitPayloadDecoder.NetworkId, id, cancellation))?.Value;

    /// <summary>Whether the tenant wants unknown devices made.</summary>
    public async ValueTask<bool> MakesUnknownAsync(string tenant, CancellationToken cancellation)
    {
        var settings = (await tenants.FindAsync(tenant, cancellation))?.Value.Settings;
        return (settings?.UnknownDevices ?? options.UnknownDevices) == UnknownDevices.AutoProvision;
    }

    /// <summary>Makes a device, or finds the one that another request has made at this moment.</summary>
    /// <exception cref="DomainException">The id is not well-formed.</exception>
    public async Task<DeviceTwin> MakeAsync(string tenant, string id, CancellationToken cancellation)
    {
        var external = new ExternalId(ConduitPayloadDecoder.NetworkId, id);
        try
        {
            return (await service.CreateAsync(tenant, new NewDevice { ExternalIds = [external] }, cancellation)).Value;
        }
        catch (DomainException taken) when (taken.Refusal == Refusal.Exists)
        {
            if (await devices.FindByExternalIdAsync(tenant, external, cancellation) is { } made)
            {
                return made.Value;
            }

            throw;
        }
    }
}
