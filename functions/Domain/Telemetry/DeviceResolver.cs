using System.Collections.Concurrent;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Telemetry;

/// <summary>What the cloud does with devices that nobody has registered.</summary>
/// <param name="HubTenant">The tenant that unknown devices of the hub belong to, or null where none does.</param>
/// <param name="UnknownDevices">What happens where the tenant does not say.</param>
public sealed record ProvisioningOptions(string? HubTenant = null, UnknownDevices UnknownDevices = UnknownDevices.AutoProvision);

/// <summary>Finds the device behind a hub id, and makes it where the tenant's setting says so.</summary>
public sealed class DeviceResolver
{
    // How late a change to a device on another instance may be seen here; this instance's own changes are seen at once.
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(30);
    private const int MostCached = 200_000;

    private readonly DeviceDirectory directory;
    private readonly DeviceService service;
    private readonly TenantDirectory tenants;
    private readonly ProvisioningOptions options;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, KnownDevice> cache = new();

    // Counted up by a change to any device of a stripe: what was read before a change is not remembered after it.
    private readonly int[] changes = new int[1024];

    public DeviceResolver(
        DeviceDirectory directory,
        DeviceService service,
        TenantDirectory tenants,
        ProvisioningOptions options,
        TimeProvider time
    )
    {
        (this.directory, this.service, this.tenants, this.options, this.time) = (directory, service, tenants, options, time);
        directory.Changed += Forget;
    }

    /// <summary>The device that connects as <paramref name="hubId"/>, made now where that is the setting; null with a reason where it stays unknown.</summary>
    internal async ValueTask<(KnownDevice? Device, string Partition, string Reason)> ResolveAsync(
        string hubId,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        if (cache.TryGetValue(hubId, out var known) && now - known.Read < CacheTime)
        {
            return (known, known.Tenant, "");
        }

        var seen = Volatile.Read(ref changes[Stripe(hubId)]);
        var found = await directory.FindByHubIdAsync(hubId, cancellation);
        if (found is { } there)
        {
            if (known is not null && known.Tenant == there.Tenant && known.Stored.ETag == there.Device.ETag)
            {
                known.Confirm(now);
            }
            else
            {
                known = new KnownDevice(there.Tenant, there.Device, now);
            }

            Remember(hubId, known, seen);
            return (known, there.Tenant, "");
        }

        return await ProvisionAsync(hubId, cancellation);
    }

    /// <summary>The device that a payload says it is of: the sender itself, or one of the sender's own children, made now where that is the setting.</summary>
    /// <exception cref="PayloadException">The device is another's, or may not be made.</exception>
    internal async ValueTask<KnownDevice> ResolveSubjectAsync(KnownDevice sender, ExternalId subject, CancellationToken cancellation)
    {
        if (subject == new ExternalId(ExternalId.Uuid, sender.Twin.Uuid.ToString()) || sender.Twin.ExternalIds.Contains(subject))
        {
            return sender;
        }

        var found = await directory.FindByExternalIdAsync(sender.Tenant, subject, cancellation);
        if (found is not null)
        {
            return Child(sender, found, subject);
        }

        if (await PolicyAsync(sender.Tenant, cancellation) == UnknownDevices.DeadLetter)
        {
            throw new PayloadException($"The payload is of device {subject.Value}, which is not registered.");
        }

        try
        {
            var device =
                subject.Type == ExternalId.Uuid
                    ? new NewDevice { Uuid = Guid.Parse(subject.Value), Parents = [sender.Twin.Id] }
                    : new NewDevice { ExternalIds = [subject], Parents = [sender.Twin.Id] };
            return Child(sender, await service.CreateAsync(sender.Tenant, device, cancellation), subject);
        }
        catch (DomainException refused)
        {
            // Another instance made it at this moment, or it is another tenant's.
            found = await directory.FindByExternalIdAsync(sender.Tenant, subject, cancellation);
            return found is null
                ? throw new PayloadException($"The payload is of device {subject.Value}: {refused.Message}")
                : Child(sender, found, subject);
        }
    }

    /// <summary>The tenant's device of this UUID, or null.</summary>
    internal async ValueTask<KnownDevice?> FindAsync(string tenant, Guid uuid, CancellationToken cancellation) =>
        await directory.FindByUuidAsync(tenant, uuid, cancellation) is { } found ? new KnownDevice(tenant, found, time.GetUtcNow()) : null;

    private KnownDevice Child(KnownDevice sender, Stored<DeviceTwin> device, ExternalId subject) =>
        device.Value.Parents.Contains(sender.Twin.Id) || sender.Twin.Relays
            ? new KnownDevice(sender.Tenant, device, time.GetUtcNow())
            : throw new PayloadException($"The payload is of device {subject.Value}, which is not behind the device that sent it.");

    private async Task<(KnownDevice?, string, string)> ProvisionAsync(string hubId, CancellationToken cancellation)
    {
        var tenant = options.HubTenant;
        if (tenant is null)
        {
            var (all, _) = await tenants.ListAsync(2, null, cancellation);
            tenant = all.Count == 1 ? all[0].Value.Id : null;
        }

        if (tenant is null || await tenants.FindAsync(tenant, cancellation) is null)
        {
            return (null, Partitions.System, "The device is not registered, and no tenant takes unknown devices.");
        }

        if (await PolicyAsync(tenant, cancellation) == UnknownDevices.DeadLetter)
        {
            return (null, tenant, "The device is not registered.");
        }

        var device = new NewDevice
        {
            Uuid = Guid.TryParse(hubId, out var uuid) ? uuid : null,
            Name = hubId,
            ExternalIds = [new ExternalId(ExternalId.IotHub, hubId)],
            // The hub knows what it proves itself by.
            Keys = DeviceKeys.None,
        };
        try
        {
            var stored = await service.CreateAsync(tenant, device, cancellation);
            return (new KnownDevice(tenant, stored, time.GetUtcNow()), tenant, "");
        }
        catch (DomainException refused) when (refused.Refusal == Refusal.Exists)
        {
            // Somebody else made it at this moment and may not have its hub id yet, or its name is taken by a device that connects under another one.
            var found = await directory.FindByHubIdAsync(hubId, cancellation);
            if (found is { } there)
            {
                return (new KnownDevice(there.Tenant, there.Device, time.GetUtcNow()), there.Tenant, "");
            }

            var made = await directory.FindByExternalIdAsync(tenant, new ExternalId(ExternalId.IotHub, hubId), cancellation);
            return made is null ? (null, tenant, refused.Message) : (new KnownDevice(tenant, made, time.GetUtcNow()), tenant, "");
        }
        catch (DomainException refused)
        {
            return (null, tenant, refused.Message);
        }
    }

    private async ValueTask<UnknownDevices> PolicyAsync(string tenant, CancellationToken cancellation) =>
        (await tenants.FindAsync(tenant, cancellation))?.Value.Settings.UnknownDevices ?? options.UnknownDevices;

    private static int Stripe(string hubId) => (int)((uint)hubId.GetHashCode(StringComparison.Ordinal) % 1024);

    private void Forget(string hubId)
    {
        Interlocked.Increment(ref changes[Stripe(hubId)]);
        cache.TryRemove(hubId, out _);
    }

    private void Remember(string hubId, KnownDevice device, int seen)
    {
        if (cache.Count >= MostCached)
        {
            cache.Clear();
        }

        cache[hubId] = device;
        if (Volatile.Read(ref changes[Stripe(hubId)]) != seen)
        {
            cache.TryRemove(hubId, out _);
        }
    }
}
