using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Domain.Devices;

/// <summary>The twins of every tenant: found by id, UUID, external id or hub id, listed by filter, and changed one version at a time.</summary>
public sealed class DeviceDirectory(IDocumentStore store, ChangeLog changes, TimeProvider time)
{
    /// <summary>The kind of the changes that twins make.</summary>
    public const string ChangeKind = "devices";

    /// <summary>The members that lists of devices are ordered by, up or down: a store may need an index for each.</summary>
    public static readonly IReadOnlyList<string> Orders = ["id", "name", "type", "owner", "group", "created", "updated", "lastMessage"];

    /// <summary>Told of every change to a device by this process, with its hub id: whoever caches devices forgets it.</summary>
    public event Action<string>? Changed;

    /// <summary>Told of every device that was thought silent and is not any more, by this process, with its tenant and id.</summary>
    public event Action<string, string>? Recovered;

    public ValueTask<Stored<DeviceTwin>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.Device, id), DeviceJson.Default.DeviceTwin, cancellation);

    /// <exception cref="DomainException">The tenant has no such device.</exception>
    public async ValueTask<Stored<DeviceTwin>> GetAsync(string tenant, string id, CancellationToken cancellation) =>
        await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"device '{id}'");

    public ValueTask<Stored<DeviceTwin>?> FindByUuidAsync(string tenant, Guid uuid, CancellationToken cancellation) =>
        FindByExternalIdAsync(tenant, new ExternalId(ExternalId.Uuid, uuid.ToString()), cancellation);

    public async ValueTask<Stored<DeviceTwin>?> FindByExternalIdAsync(string tenant, ExternalId external, CancellationToken cancellation)
    {
        var key = new DocumentKey(tenant, Kinds.ExternalId, DocumentIds.Of(external));
        var entry = await store.GetAsync(key, DeviceJson.Default.ExternalIdEntry, cancellation);
        return entry is null ? null : await FindAsync(tenant, entry.Value.Source, cancellation);
    }

    /// <summary>The device that connects under this hub id, with its tenant; null where none does.</summary>
    public async ValueTask<(string Tenant, Stored<DeviceTwin> Device)?> FindByHubIdAsync(string hubId, CancellationToken cancellation)
    {
        var key = new DocumentKey(Partitions.System, Kinds.HubDevice, DocumentIds.Of(hubId));
        var entry = (await store.GetAsync(key, DeviceJson.Default.HubEntry, cancellation))?.Value;
        if (entry is null)
        {
            return null;
        }

        // The entry lies in another partition than the device; the device has the last word.
        var device = await FindAsync(entry.Owner, entry.Source, cancellation);
        return device is null || device.Value.HubId != hubId ? null : (entry.Owner, device);
    }

    /// <summary>One page of the tenant's devices that the filter matches; assets are left out.</summary>
    public Task<(IReadOnlyList<Stored<DeviceTwin>> Items, string? Cursor)> ListAsync(
        string tenant,
        Filter? filter,
        IReadOnlyList<Ordering>? order,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) => ListObjectsAsync(tenant, Devices(filter), order, limit, cursor, cancellation);

    /// <summary>One page of the tenant's devices and assets that the filter matches.</summary>
    public Task<(IReadOnlyList<Stored<DeviceTwin>> Items, string? Cursor)> ListObjectsAsync(
        string tenant,
        Filter? filter,
        IReadOnlyList<Ordering>? order,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) =>
        store.QueryAsync(
            new DocumentQuery(tenant, Kinds.Device, filter, order, limit, cursor),
            DeviceJson.Default.DeviceTwin,
            cancellation
        );

    /// <summary>How many of the tenant's devices the filter matches.</summary>
    public Task<long> CountAsync(string tenant, Filter? filter, CancellationToken cancellation) =>
        CountObjectsAsync(tenant, Devices(filter), cancellation);

    /// <summary>How many of the tenant's devices and assets the filter matches.</summary>
    public Task<long> CountObjectsAsync(string tenant, Filter? filter, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.Device, filter), cancellation);

    public async ValueTask<DeviceKeys> GetKeysAsync(string tenant, string id, CancellationToken cancellation) =>
        (await FindKeysAsync(tenant, id, cancellation))?.Value ?? DeviceKeys.None;

    /// <summary>The device's keys with their own entity tag, or null where it never had any.</summary>
    public ValueTask<Stored<DeviceKeys>?> FindKeysAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.DeviceKeys, id), DeviceJson.Default.DeviceKeys, cancellation);

    /// <summary>Changes a twin, under the entity tag that the caller has seen where it gives one; else the change is applied to whatever version is there.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The device's id.</param>
    /// <param name="change">Makes the new twin from the old one; it may be called again when somebody else was faster. The same twin back changes nothing.</param>
    /// <param name="ifMatch">The entity tag seen, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="isTold">False logs no change.</param>
    /// <exception cref="DomainException">There is no such device, its version is not the one seen, or an external id is another device's.</exception>
    public Task<Stored<DeviceTwin>> UpdateAsync(
        string tenant,
        string id,
        Func<DeviceTwin, DeviceTwin> change,
        string? ifMatch,
        CancellationToken cancellation,
        bool isTold = true
    ) => UpdateWithAsync(tenant, id, change, ifMatch, [], cancellation, isTold: isTold);

    /// <summary>Changes a twin, and with it in one commit what belongs to the change.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The device's id.</param>
    /// <param name="change">As <see cref="UpdateAsync"/> has it.</param>
    /// <param name="ifMatch">The entity tag seen, or null.</param>
    /// <param name="with">What is written in the same commit. Where one of these writes does not find what it expects, nothing is written, and the store's exception says which.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="also">Further changes to log before the twin's own: what has changed it.</param>
    /// <param name="isTold">False logs no change at all.</param>
    /// <param name="tells">Makes the event that is pending with the commit; the caller publishes it.</param>
    /// <exception cref="DomainException">As <see cref="UpdateAsync"/>.</exception>
    /// <exception cref="StoreConflictException">What belongs to the change did not find what it expected; nothing was written.</exception>
    public async Task<Stored<DeviceTwin>> UpdateWithAsync(
        string tenant,
        string id,
        Func<DeviceTwin, DeviceTwin> change,
        string? ifMatch,
        IReadOnlyList<DocumentWrite> with,
        CancellationToken cancellation,
        IReadOnlyList<Change>? also = null,
        bool isTold = true,
        Func<DeviceTwin, CloudEvent>? tells = null
    )
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            if (ifMatch is not null && ifMatch != old.ETag)
            {
                throw new DomainException(Refusal.PreconditionFailed, "The device has changed in the meantime.");
            }

            var twin = change(old.Value);
            if (ReferenceEquals(twin, old.Value))
            {
                return old;
            }

            DeviceRules.Check(twin);
            var now = time.GetUtcNow();
            twin = DeviceAvailability.Keep(
                twin with
                {
                    Id = old.Value.Id,
                    Version = old.Value.Version + 1,
                    Updated = now,

                    // Whoever changes the name gives it one.
                    IsUnnamed = twin.Name == old.Value.Name ? twin.IsUnnamed : null,
                },
                now
            );
            try
            {
                IReadOnlyList<Change> logged = isTold ? [.. also ?? [], DeviceWrites.ChangeOf("update", twin)] : [];
                IReadOnlyList<DocumentWrite> all = tells is null ? with : [.. with, PendingEvent.WriteOf(tells(twin), now)];
                var tag = await CommitUpdateAsync(tenant, old, twin, all, logged, cancellation);
                return new Stored<DeviceTwin>(twin, tag);
            }
            catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.Device)
            {
                // Somebody else was faster: apply the change to what they left.
            }
            catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.ExternalId)
            {
                throw new DomainException(Refusal.Exists, "Another device has one of these external ids.", "externalIds");
            }
        }
    }

    /// <summary>Writes new versions of twins that the caller has read, with the changes that they are, in as few commits as the store allows.</summary>
    /// <returns>The devices whose stored version was not the one read; nothing of theirs was written.</returns>
    internal async Task<IReadOnlyList<string>> UpdateManyAsync(
        string tenant,
        IReadOnlyList<(Stored<DeviceTwin> Old, DeviceTwin New, bool Log)> updates,
        CancellationToken cancellation
    )
    {
        var stale = new List<string>();
        var now = time.GetUtcNow();
        foreach (var chunk in updates.Select(update => DeviceAvailability.Keep(update, now)).Chunk((IDocumentStore.MaxWrites / 2) - 1))
        {
            var pending = chunk.ToList();
            while (pending.Count > 0)
            {
                try
                {
                    var writes = pending.Select(update => DeviceWrites.Replace(update.Old.ETag, update.New)).ToList();
                    var logged = pending.Where(update => update.Log).Select(update => DeviceWrites.ChangeOf("update", update.New)).ToList();
                    await changes.CommitAsync(tenant, writes, logged, cancellation);
                    break;
                }
                catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.Device)
                {
                    stale.Add(conflict.Key.Id);
                    pending.RemoveAll(update => update.New.Id == conflict.Key.Id);
                }
            }

            pending.ForEach(update => Changed?.Invoke(update.New.HubId));
            pending.ForEach(update => TellRecovered(tenant, update.Old.Value, update.New));
        }

        return stale;
    }

    /// <summary>Writes what a device does by being there: when it was heard, and whether it is connected. Nobody is told of the first alone.</summary>
    /// <returns>False where the stored version is not the one read.</returns>
    internal async Task<bool> TryTouchAsync(string tenant, Stored<DeviceTwin> old, DeviceTwin twin, CancellationToken cancellation)
    {
        var tells = (old.Value.Push is null) != (twin.Push is null);
        var version = tells ? twin.Version + 1 : twin.Version;
        return (await UpdateManyAsync(tenant, [(old, twin with { Version = version }, tells)], cancellation)).Count == 0;
    }

    internal async Task<Stored<DeviceTwin>> InsertAsync(
        string tenant,
        DeviceTwin twin,
        DeviceKeys keys,
        IReadOnlyList<DocumentWrite> with,
        Func<DeviceTwin, CloudEvent> tells,
        bool isTold,
        CancellationToken cancellation
    )
    {
        DeviceRules.Check(twin);
        twin = DeviceAvailability.Keep(await ContinueVersionsAsync(tenant, twin, cancellation), time.GetUtcNow());
        var writes = new List<DocumentWrite>
        {
            new(WriteMode.Create, Kinds.Device, twin.Id, DeviceJson.Default.DeviceTwin.ToBody(twin)),
            new(WriteMode.Create, Kinds.DeviceKeys, twin.Id, DeviceJson.Default.DeviceKeys.ToBody(keys)),
        };
        writes.AddRange(DeviceWrites.AllExternalIds(twin).Select(external => DeviceWrites.Entry(external, twin.Id)));
        writes.AddRange(DeviceWrites.AllLinks(twin).Select(link => DeviceWrites.Link(link, time.GetUtcNow())));
        writes.AddRange(with);
        writes.Add(PendingEvent.WriteOf(tells(twin), time.GetUtcNow()));
        try
        {
            var tags = await changes.CommitAsync(tenant, writes, isTold ? [DeviceWrites.ChangeOf("create", twin)] : [], cancellation);
            Changed?.Invoke(twin.HubId);
            return new Stored<DeviceTwin>(twin, tags[0]!);
        }
        catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.ExternalId)
        {
            throw new DomainException(Refusal.Exists, "Another device has this UUID or one of these external ids.", "externalIds");
        }
    }

    /// <summary>Removes a device's documents, and in the same commit writes what tells of it.</summary>
    internal async Task RemoveAsync(
        string tenant,
        Stored<DeviceTwin> device,
        string? ifMatch,
        DocumentWrite with,
        bool isTold,
        CancellationToken cancellation
    )
    {
        var twin = device.Value;
        var retired = new RetiredDevice(twin.Version, twin.Desired.Version, twin.Reported.Version);
        var writes = new List<DocumentWrite>
        {
            new(WriteMode.Delete, Kinds.Device, twin.Id, IfMatch: ifMatch ?? device.ETag),
            new(WriteMode.Delete, Kinds.DeviceKeys, twin.Id),
            new(WriteMode.Upsert, Kinds.RetiredDevice, twin.Uuid.ToString(), DeviceJson.Default.RetiredDevice.ToBody(retired)),
        };
        writes.AddRange(
            DeviceWrites
                .AllExternalIds(twin)
                .Select(external => new DocumentWrite(WriteMode.Delete, Kinds.ExternalId, DocumentIds.Of(external)))
        );
        writes.AddRange(DeviceWrites.AllLinks(twin).Select(link => new DocumentWrite(WriteMode.Delete, Kinds.Link, link.Id)));
        writes.Add(with);
        var body = new JsonObject { ["id"] = twin.Id, ["uuid"] = twin.Uuid.ToString() };
        await changes.CommitAsync(tenant, writes, isTold ? [new Change(ChangeKind, twin.Id, "delete", body)] : [], cancellation);
        Changed?.Invoke(twin.HubId);
    }

    internal async Task<Stored<DeviceKeys>> SetKeysAsync(
        string tenant,
        DeviceTwin twin,
        DeviceKeys keys,
        string? ifMatch,
        CancellationToken cancellation
    )
    {
        try
        {
            var body = DeviceJson.Default.DeviceKeys.ToBody(keys);
            var write = new DocumentWrite(WriteMode.Upsert, Kinds.DeviceKeys, twin.Id, body, ifMatch);
            var tag = await store.CommitAsync(tenant, write, cancellation);
            Changed?.Invoke(twin.HubId);
            return new Stored<DeviceKeys>(keys, tag!);
        }
        catch (StoreConflictException)
        {
            throw new DomainException(Refusal.PreconditionFailed, "The device's keys have changed in the meantime.");
        }
    }

    /// <summary>Claims a hub id for a device, unless another living device has it.</summary>
    /// <exception cref="DomainException">Another device connects under this id.</exception>
    internal async Task ClaimHubIdAsync(string tenant, DeviceTwin twin, CancellationToken cancellation)
    {
        var key = new DocumentKey(Partitions.System, Kinds.HubDevice, DocumentIds.Of(twin.HubId));
        var body = DeviceJson.Default.HubEntry.ToBody(new HubEntry(tenant, twin.Id));
        while (true)
        {
            var entry = await store.GetAsync(key, DeviceJson.Default.HubEntry, cancellation);
            var there = entry is null ? null : await FindByHubIdAsync(twin.HubId, cancellation);
            if (there is { } other && (other.Tenant != tenant || other.Device.Value.Id != twin.Id))
            {
                throw new DomainException(Refusal.Exists, $"Another device connects as '{twin.HubId}'.", "externalIds");
            }

            try
            {
                var mode = entry is null ? WriteMode.Create : WriteMode.Replace;
                await store.CommitAsync(key.Partition, new DocumentWrite(mode, key.Kind, key.Id, body, entry?.ETag), cancellation);
                Changed?.Invoke(twin.HubId);
                return;
            }
            catch (StoreConflictException)
            {
                // Somebody else claims it at this moment: look who.
            }
        }
    }

    private void TellRecovered(string tenant, DeviceTwin before, DeviceTwin after)
    {
        if (before.Availability == DataStatus.Unavailable && after.Availability != DataStatus.Unavailable)
        {
            Recovered?.Invoke(tenant, after.Id);
        }
    }

    private async Task<DeviceTwin> ContinueVersionsAsync(string tenant, DeviceTwin twin, CancellationToken cancellation)
    {
        var key = new DocumentKey(tenant, Kinds.RetiredDevice, twin.Uuid.ToString());
        return (await store.GetAsync(key, DeviceJson.Default.RetiredDevice, cancellation))?.Value is not { } retired
            ? twin
            : twin with
            {
                Version = retired.Version + 1,
                Desired = twin.Desired with { Version = retired.Desired + 1 },
                Reported = twin.Reported with { Version = retired.Reported + 1 },
            };
    }

    private async Task<string> CommitUpdateAsync(
        string tenant,
        Stored<DeviceTwin> old,
        DeviceTwin twin,
        IReadOnlyList<DocumentWrite> with,
        IReadOnlyList<Change> logged,
        CancellationToken cancellation
    )
    {
        var (before, after) = (DeviceWrites.AllExternalIds(old.Value).ToHashSet(), DeviceWrites.AllExternalIds(twin).ToHashSet());
        var writes = new List<DocumentWrite> { DeviceWrites.Replace(old.ETag, twin) };
        writes.AddRange(after.Except(before).Select(external => DeviceWrites.Entry(external, twin.Id)));
        writes.AddRange(
            before.Except(after).Select(external => new DocumentWrite(WriteMode.Delete, Kinds.ExternalId, DocumentIds.Of(external)))
        );
        var (linksBefore, linksAfter) = (DeviceWrites.AllLinks(old.Value).ToHashSet(), DeviceWrites.AllLinks(twin).ToHashSet());
        writes.AddRange(linksAfter.Except(linksBefore).Select(link => DeviceWrites.Link(link, time.GetUtcNow())));
        writes.AddRange(linksBefore.Except(linksAfter).Select(link => new DocumentWrite(WriteMode.Delete, Kinds.Link, link.Id)));
        writes.AddRange(with);
        var tags = await changes.CommitAsync(tenant, writes, logged, cancellation);
        Changed?.Invoke(old.Value.HubId);
        Changed?.Invoke(twin.HubId);
        TellRecovered(tenant, old.Value, twin);
        return tags[0]!;
    }

    private static Filter Devices(Filter? filter)
    {
        var device = new Filter.Not(Filter.Eq("isAsset", JsonValue.Create(true)));
        return filter is null ? device : Filter.All(filter, device);
    }
}
