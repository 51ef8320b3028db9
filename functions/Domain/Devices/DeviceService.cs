using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Devices;

/// <summary>A device's life: made, changed, given keys, deleted with its data, in the directory, the hub and the series at once.</summary>
public sealed class DeviceService(
    DeviceDirectory devices,
    Links links,
    DeviceIds ids,
    IDeviceGateway gateway,
    ISeriesEraser series,
    EventOutbox events,
    TimeProvider time,
    IEnumerable<IDeviceData>? data = null
)
{
    private const int LeavingPage = 100;

    // A device is told of its desired properties in the order of their versions, else it would end with an old value.
    private readonly SemaphoreSlim[] tellings = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <exception cref="DomainException">A member is wrong, or the UUID or an external id is taken.</exception>
    public Task<Stored<DeviceTwin>> CreateAsync(string tenant, NewDevice device, CancellationToken cancellation, bool isTold = true) =>
        CreateWithAsync(tenant, ids.Next(), device, [], cancellation, isTold);

    /// <summary>An id for <see cref="CreateWithAsync"/>.</summary>
    public string NewId() => ids.Next();

    /// <summary>Makes a device under an id that was chosen before, and in one commit with it what belongs to it.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The id: <see cref="NewId"/>.</param>
    /// <param name="device">What it is made of.</param>
    /// <param name="with">What is written in the same commit.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="isTold">False logs no change.</param>
    /// <exception cref="DomainException">A member is wrong, or the UUID or an external id is taken.</exception>
    /// <exception cref="StoreConflictException">What belongs to it did not find what it expected; nothing was written.</exception>
    public async Task<Stored<DeviceTwin>> CreateWithAsync(
        string tenant,
        string id,
        NewDevice device,
        IReadOnlyList<DocumentWrite> with,
        CancellationToken cancellation,
        bool isTold = true
    )
    {
        var twin = device.ToTwin(id, time.GetUtcNow());
        DeviceRules.Check(twin);
        var keys = device.Keys ?? (twin.IsAsset ? DeviceKeys.None : DeviceKeys.New());
        keys.Check();
        var made = await InsertAsync(tenant, twin, keys, with, isTold, cancellation);
        var stored = made;
        if (!twin.IsAsset)
        {
            await ConfirmHubIdAsync(tenant, made, isTold, cancellation);
            stored = await AdmitAsync(tenant, made, keys, isTold, cancellation);
        }

        await events.PublishAsync(tenant, [DeviceLifecycle.Created(tenant, made.Value)], cancellation);
        return stored;
    }

    /// <summary>Changes a twin as <see cref="DeviceDirectory.UpdateAsync"/> does, and tells its hub what concerns it.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The device's id.</param>
    /// <param name="change">As <see cref="DeviceDirectory.UpdateAsync"/> has it.</param>
    /// <param name="ifMatch">The entity tag seen, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="isTold">False logs no change.</param>
    /// <exception cref="DomainException">There is no such device, its version is not the one seen, a member is wrong, or an external id is taken.</exception>
    public async Task<Stored<DeviceTwin>> UpdateAsync(
        string tenant,
        string id,
        Func<DeviceTwin, DeviceTwin> change,
        string? ifMatch,
        CancellationToken cancellation,
        bool isTold = true
    )
    {
        var before = (await devices.GetAsync(tenant, id, cancellation)).Value;
        var planned = change(before);
        var comes = before.IsAsset && !planned.IsAsset;
        if (!planned.IsAsset && (comes || planned.HubId != before.HubId))
        {
            DeviceRules.Check(planned);
            await devices.ClaimHubIdAsync(tenant, planned, cancellation);
        }

        var stored = await devices.UpdateAsync(tenant, id, change, ifMatch, cancellation, isTold);
        var after = stored.Value;
        if (!before.IsAsset && (before.HubId != after.HubId || after.IsAsset))
        {
            await gateway.RemoveAsync(before.HubId, cancellation);
        }

        if (comes && !after.IsAsset)
        {
            // An asset that becomes a device gets what a device is made with.
            await SetKeysAsync(tenant, id, DeviceKeys.New(), cancellation);
        }
        else if (!after.IsAsset && (before.HubId != after.HubId || before.Enabled != after.Enabled))
        {
            var keys = await devices.GetKeysAsync(tenant, id, cancellation);
            await gateway.RegisterAsync(Identity(after, keys), cancellation);
        }

        return stored;
    }

    /// <summary>Merges a patch into a device's desired properties and tells the device.</summary>
    /// <exception cref="DomainException">There is no such device, its version is not the one seen, or the hub does not take the patch: then nothing has changed.</exception>
    public async Task<Stored<DeviceTwin>> PatchDesiredAsync(
        string tenant,
        string id,
        JsonObject patch,
        string? ifMatch,
        CancellationToken cancellation
    )
    {
        var telling = tellings[(uint)HashCode.Combine(tenant, id) % tellings.Length];
        await telling.WaitAsync(cancellation);
        try
        {
            var before = TwinProperties.Initial;
            var stored = await devices.UpdateAsync(
                tenant,
                id,
                twin =>
                {
                    before = twin.Desired;
                    return twin with { Desired = new TwinProperties(JsonMerge.Apply(before.Values, patch), before.Version + 1) };
                },
                ifMatch,
                cancellation
            );
            try
            {
                return await PushAsync(tenant, stored, patch, isTold: true, cancellation);
            }
            catch (DomainException)
            {
                await devices.UpdateAsync(tenant, id, twin => Undone(twin, stored.Value.Desired, before), null, cancellation);
                throw;
            }
        }
        finally
        {
            telling.Release();
        }
    }

    /// <summary>Sets a device's keys; the same keys change nothing.</summary>
    /// <exception cref="DomainException">There is no such device, or a key is not base64 of 16 to 64 bytes.</exception>
    public Task SetKeysAsync(string tenant, string id, DeviceKeys keys, CancellationToken cancellation) =>
        SetKeysAsync(tenant, id, keys, null, cancellation);

    /// <summary>Sets a device's keys under the entity tag that the caller has seen where it gives one.</summary>
    /// <exception cref="DomainException">There is no such device, a key is not base64 of 16 to 64 bytes, or the keys' version is not the one seen.</exception>
    public async Task<Stored<DeviceKeys>> SetKeysAsync(
        string tenant,
        string id,
        DeviceKeys keys,
        string? ifMatch,
        CancellationToken cancellation
    )
    {
        var twin = (await devices.GetAsync(tenant, id, cancellation)).Value;
        keys.Check();
        var stored = await devices.SetKeysAsync(tenant, twin, keys, ifMatch, cancellation);
        await gateway.RegisterAsync(Identity(twin, keys), cancellation);
        return stored;
    }

    /// <summary>Gives a device a new random primary or secondary key; the other stays.</summary>
    /// <exception cref="DomainException">There is no such device, or the keys' version is not the one seen.</exception>
    public async Task<Stored<DeviceKeys>> RenewKeyAsync(
        string tenant,
        string id,
        bool primary,
        string? ifMatch,
        CancellationToken cancellation
    )
    {
        var old = await devices.FindKeysAsync(tenant, id, cancellation);
        var (keys, key) = (old?.Value ?? DeviceKeys.None, DeviceKeys.New().Primary);
        return await SetKeysAsync(
            tenant,
            id,
            primary ? keys with { Primary = key } : keys with { Secondary = key },
            ifMatch ?? old?.ETag,
            cancellation
        );
    }

    /// <summary>Deletes a device and all its data.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The device's id.</param>
    /// <param name="ifMatch">The entity tag seen, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="isTold">False logs no change, neither its own nor that of what belonged to it.</param>
    /// <exception cref="DomainException">There is no such device, or its version is not the one seen.</exception>
    public async Task DeleteAsync(string tenant, string id, string? ifMatch, CancellationToken cancellation, bool isTold = true)
    {
        var device = await devices.GetAsync(tenant, id, cancellation);
        if (ifMatch is not null && ifMatch != device.ETag)
        {
            throw new DomainException(Refusal.PreconditionFailed, "The device has changed in the meantime.");
        }

        // The way in is closed before, so that nothing is written behind the deletion, and after, for a device that came back in between. The data goes
        // before the twin, so that a deletion that dies half-way can be asked for again, and once more after it, for what came in between.
        await CloseAsync(device.Value, cancellation);
        await LeaveChildrenAsync(tenant, id, isTold, cancellation);
        await EraseAsync(tenant, device.Value, cancellation);
        while (true)
        {
            try
            {
                var told = PendingEvent.WriteOf(DeviceLifecycle.Deleted(tenant, device.Value), time.GetUtcNow());
                await devices.RemoveAsync(tenant, device, ifMatch, told, isTold, cancellation);
                break;
            }
            catch (StoreConflictException) when (ifMatch is null)
            {
                device = await devices.GetAsync(tenant, id, cancellation);
            }
            catch (StoreConflictException)
            {
                throw new DomainException(Refusal.PreconditionFailed, "The device has changed in the meantime.");
            }
        }

        await CloseAsync(device.Value, cancellation);
        await EraseAsync(tenant, device.Value, cancellation);
        await LeaveChildrenAsync(tenant, id, isTold, cancellation);
        await events.PublishAsync(tenant, [DeviceLifecycle.Deleted(tenant, device.Value)], cancellation);
    }

    private async Task EraseAsync(string tenant, DeviceTwin device, CancellationToken cancellation)
    {
        var tags = TagSet.Of(Tenant.DeviceTag, device.Uuid.ToString());
        await series.EraseAsync(tenant, Tenant.DeviceDatabase, tags, cancellation);
        foreach (var kept in data ?? [])
        {
            await kept.EraseAsync(tenant, device, cancellation);
        }
    }

    private Task CloseAsync(DeviceTwin twin, CancellationToken cancellation) =>
        twin.IsAsset ? Task.CompletedTask : gateway.RemoveAsync(twin.HubId, cancellation);

    /// <summary>Ends what belongs to a device belonging to it.</summary>
    private async Task LeaveChildrenAsync(string tenant, string id, bool isTold, CancellationToken cancellation)
    {
        foreach (var relation in Enum.GetValues<Relation>())
        {
            // Each that is let go leaves the list, so that the first page is always the next one.
            while (await links.ListChildrenAsync(tenant, id, relation, LeavingPage, null, cancellation) is { Children.Count: > 0 } page)
            {
                foreach (var child in page.Children)
                {
                    try
                    {
                        await links.RemoveAsync(tenant, id, relation, child, cancellation, isTold);
                    }
                    catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
                    {
                        // It was deleted at this moment, and its link with it.
                    }
                }
            }
        }
    }

    /// <summary>Makes the hub know a new device. One that it does not take is none here either.</summary>
    private async Task<Stored<DeviceTwin>> AdmitAsync(
        string tenant,
        Stored<DeviceTwin> device,
        DeviceKeys keys,
        bool isTold,
        CancellationToken cancellation
    )
    {
        var isThere = false;
        try
        {
            await gateway.RegisterAsync(Identity(device.Value, keys), cancellation);
            isThere = true;
            var desired = device.Value.Desired.Values;
            return desired.Count == 0 ? device : await PushAsync(tenant, device, desired, isTold, cancellation);
        }
        catch (DomainException)
        {
            if (isThere)
            {
                await gateway.RemoveAsync(device.Value.HubId, cancellation);
            }

            await UndoAsync(tenant, device, isTold, cancellation);
            throw;
        }
    }

    /// <summary>Takes a device back that was just made, and with it the event that tells of it, which nobody was to hear yet.</summary>
    private async Task UndoAsync(string tenant, Stored<DeviceTwin> made, bool isTold, CancellationToken cancellation)
    {
        try
        {
            var withdrawal = PendingEvent.Withdrawal(DeviceLifecycle.Created(tenant, made.Value));
            await devices.RemoveAsync(tenant, made, null, withdrawal, isTold, cancellation);
        }
        catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.PendingEvent)
        {
            // It took so long that the event was taken for forgotten, and published: then the end is told too.
            var end = DeviceLifecycle.Deleted(tenant, made.Value);
            await devices.RemoveAsync(tenant, made, null, PendingEvent.WriteOf(end, time.GetUtcNow()), isTold, cancellation);
            await events.PublishAsync(tenant, [end], cancellation);
        }
    }

    /// <summary>Tells the hub of desired properties. Where it numbers them itself, the twin takes note of how far it follows: the hub's events of them come later.</summary>
    private async Task<Stored<DeviceTwin>> PushAsync(
        string tenant,
        Stored<DeviceTwin> device,
        JsonObject patch,
        bool isTold,
        CancellationToken cancellation
    )
    {
        var (hubId, id, version) = (device.Value.HubId, device.Value.Id, device.Value.Desired.Version);
        return await gateway.PushDesiredAsync(hubId, patch, version, cancellation) is { } told
            ? await devices.UpdateAsync(tenant, id, twin => HubFollowing.Pushed(twin, told), null, cancellation, isTold)
            : device;
    }

    /// <summary>The twin without a patch, unless somebody has changed it since.</summary>
    private static DeviceTwin Undone(DeviceTwin twin, TwinProperties patched, TwinProperties before) =>
        twin.Desired.Version == patched.Version ? twin with { Desired = before with { Version = patched.Version + 1 } } : twin;

    private async Task<Stored<DeviceTwin>> InsertAsync(
        string tenant,
        DeviceTwin twin,
        DeviceKeys keys,
        IReadOnlyList<DocumentWrite> with,
        bool isTold,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            if (!twin.IsAsset)
            {
                await devices.ClaimHubIdAsync(tenant, twin, cancellation);
            }

            try
            {
                return await devices.InsertAsync(
                    tenant,
                    twin,
                    keys,
                    with,
                    made => DeviceLifecycle.Created(tenant, made),
                    isTold,
                    cancellation
                );
            }
            catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.Device && with.Count == 0)
            {
                // Another instance has made the same id in this millisecond.
                twin = twin with
                {
                    Id = ids.Next(),
                };
            }
        }
    }

    /// <summary>Claims the hub id once more: until the device was there, somebody who made another one with this id could take it.</summary>
    private async Task ConfirmHubIdAsync(string tenant, Stored<DeviceTwin> device, bool isTold, CancellationToken cancellation)
    {
        try
        {
            await devices.ClaimHubIdAsync(tenant, device.Value, cancellation);
        }
        catch (DomainException)
        {
            await UndoAsync(tenant, device, isTold, cancellation);
            throw;
        }
    }

    /// <summary>The device as its hub knows it.</summary>
    public static HubIdentity Identity(DeviceTwin twin, DeviceKeys keys) =>
        new(twin.HubId, keys.Primary, keys.Secondary, keys.Thumbprints, twin.Enabled);
}
