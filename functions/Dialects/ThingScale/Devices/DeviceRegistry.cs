using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.ThingScale.Devices;

/// <summary>Devices by this API's ids, made by hand or as they are heard of first (seed, "Automatically create").</summary>
internal sealed class DeviceRegistry(
    DeviceDirectory devices,
    DeviceService service,
    TenantDirectory tenants,
    ProvisioningOptions provisioning
)
{
    private const int LongestId = 128;

    public ValueTask<Stored<DeviceTwin>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        devices.FindByNameAsync(tenant, ThingScaleFragment.Name, id, cancellation);

    /// <exception cref="ThingScaleException">NO_DEVICE.</exception>
    public async Task<Stored<DeviceTwin>> GetAsync(string tenant, string? id, CancellationToken cancellation) =>
        id is not null && await FindAsync(tenant, id, cancellation) is { } device ? device : throw ThingScaleError.NoDevice.Refused();

    /// <summary>Makes a device.</summary>
    /// <exception cref="ThingScaleException">DEVICE_ID_ZERO, BAD_DEVICE_ID, DEVICE_INUSE or MAX_DEVICE_REACH.</exception>
    public async Task<Stored<DeviceTwin>> CreateAsync(string tenant, string? id, CancellationToken cancellation)
    {
        Check(id);
        if (await FindAsync(tenant, id!, cancellation) is not null)
        {
            throw ThingScaleError.DeviceInUse.Refused();
        }

        var most = (await tenants.GetAsync(tenant, cancellation)).Value.Settings.ThingScale.MaxDevices;
        if (most > 0 && await devices.CountAsync(tenant, null, cancellation) >= most)
        {
            throw ThingScaleError.MaxDeviceReach.Refused();
        }

        var made = new NewDevice { Name = id, ExternalIds = [new ExternalId(ThingScaleFragment.Name, id!)] };
        return await service.CreateAsync(tenant, made, cancellation);
    }

    /// <summary>The device, made now where nobody knows it and the tenant's setting says so.</summary>
    /// <returns>The device, null where it stays unknown, and whether it is new.</returns>
    /// <exception cref="ThingScaleException">As <see cref="CreateAsync"/>.</exception>
    public async Task<(DeviceTwin? Device, bool IsNew)> FindOrProvisionAsync(string tenant, string id, CancellationToken cancellation)
    {
        if (await FindAsync(tenant, id, cancellation) is { } known)
        {
            return (known.Value, false);
        }

        var policy = (await tenants.GetAsync(tenant, cancellation)).Value.Settings.UnknownDevices ?? provisioning.UnknownDevices;
        if (policy == UnknownDevices.DeadLetter)
        {
            return (null, false);
        }

        try
        {
            return ((await CreateAsync(tenant, id, cancellation)).Value, true);
        }
        catch (Exception taken)
            when (taken is DomainException { Refusal: Refusal.Exists } or ThingScaleException { Error.Code: "DEVICE_INUSE" })
        {
            // Another message of it was faster.
            return ((await GetAsync(tenant, id, cancellation)).Value, false);
        }
    }

    /// <summary>An id is 1 to 128 printed ASCII characters that a topic level may have, and not 0.</summary>
    /// <exception cref="ThingScaleException">DEVICE_ID_ZERO or BAD_DEVICE_ID.</exception>
    public static void Check(string? id)
    {
        if (id is null or "" or "0")
        {
            throw ThingScaleError.DeviceIdZero.Refused();
        }

        if (id.Length > LongestId || !id.All(c => c is > ' ' and < '\x7f' && c is not ('/' or '+' or '#')))
        {
            throw ThingScaleError.BadDeviceId.Refused();
        }
    }
}
