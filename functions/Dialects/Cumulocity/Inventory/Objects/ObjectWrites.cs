using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.Binaries;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Registration;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>What is deleted with an object.</summary>
internal enum Cascade
{
    /// <summary>With a group the groups in it, and nothing else.</summary>
    Subgroups,

    /// <summary>With a device or group all that is below it.</summary>
    OfDevicesAndGroups,

    /// <summary>With every object all that is below it.</summary>
    Everything,
}

/// <summary>Makes, changes and deletes objects, in the processing mode that the request asks for.</summary>
internal sealed class ObjectWrites(
    ManagedObjects objects,
    DeviceService service,
    DeviceRegistration registration,
    Heartbeats heartbeats,
    BinaryStore binaries,
    UserDirectory users,
    ChangeLog changes,
    DeviceIds ids,
    TimeProvider time
)
{
    private static readonly Relation[] Relations = Enum.GetValues<Relation>();

    /// <summary>Makes an object, which belongs to a parent where one is given.</summary>
    /// <exception cref="CumulocityException">A member is wrong, or an external id is taken.</exception>
    public async Task<DeviceTwin> CreateAsync(
        CumulocityRequest request,
        ManagedObjectInput input,
        (string Parent, Relation Relation)? below
    )
    {
        var made = Below(input.ToNew(request.Caller.User), below);
        made = await registration.CompleteAsync(request.Tenant, made, request.Cancellation);
        if (!IsStored(request.ProcessingMode))
        {
            return await TellAsync(request, "create", Planned(made));
        }

        try
        {
            return (await service.CreateAsync(request.Tenant, made, request.Cancellation, request.IsTold())).Value;
        }
        catch (DomainException refusal)
        {
            throw ManagedObjects.Refused(refusal, "");
        }
    }

    /// <summary>Checks objects that are to be made together, so that the last is not refused when the others are made.</summary>
    /// <exception cref="CumulocityException">One of them would be refused.</exception>
    public async Task CheckNewAsync(CumulocityRequest request, IReadOnlyList<ManagedObjectInput> inputs)
    {
        foreach (var input in inputs)
        {
            Check(Planned(input.ToNew(request.Caller.User)), "");
        }

        var external = inputs.SelectMany(input => input.ExternalIds).ToList();
        if (external.Distinct().Count() < external.Count)
        {
            throw ManagedObjects.IdentityTaken;
        }

        foreach (var id in external)
        {
            if (await objects.Devices.FindByExternalIdAsync(request.Tenant, id, request.Cancellation) is not null)
            {
                throw ManagedObjects.IdentityTaken;
            }
        }
    }

    /// <exception cref="CumulocityException">There is no such object, it is not the caller's, or a member is wrong.</exception>
    public async Task<DeviceTwin> CheckAsync(CumulocityRequest request, string id, ManagedObjectInput input)
    {
        var twin = input.Apply((await objects.GetAsync(request, id)).Value);
        Check(twin, id);
        return twin;
    }

    /// <exception cref="CumulocityException">There is no such object, it is not the caller's, or a member is wrong.</exception>
    public async Task<DeviceTwin> UpdateAsync(CumulocityRequest request, string id, ManagedObjectInput input)
    {
        var planned = await CheckAsync(request, id, input);
        if (!IsStored(request.ProcessingMode))
        {
            return await TellAsync(request, "update", planned with { Updated = time.GetUtcNow() });
        }

        try
        {
            return (await service.UpdateAsync(request.Tenant, id, input.Apply, null, request.Cancellation, request.IsTold())).Value;
        }
        catch (DomainException refusal)
        {
            throw ManagedObjects.Refused(refusal, id);
        }
    }

    /// <summary>A device has shown that it lives. An application that speaks for it shows nothing.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="CumulocityException">There is no such object, or it is not the caller's.</exception>
    public async Task<string> HeardOfAsync(CumulocityRequest request, string id)
    {
        var twin = await objects.GetAsync(request, id);
        if (!request.FromApplication && IsStored(request.ProcessingMode))
        {
            await heartbeats.TakeAsync(request.Tenant, twin, request.Cancellation);
        }

        return twin.Value.Id;
    }

    /// <summary>Deletes an object and what goes with it, what is below first: a deletion that dies half-way can be asked for again.</summary>
    /// <exception cref="CumulocityException">There is no such object, or it is not the caller's.</exception>
    public async Task DeleteAsync(CumulocityRequest request, string id, Cascade cascade, bool withUser)
    {
        var twin = (await objects.GetAsync(request, id)).Value;
        if (!IsStored(request.ProcessingMode))
        {
            await TellAsync(request, "delete", twin);
            return;
        }

        var isGroup = IsGroup(twin);
        var below =
            cascade == Cascade.Everything || (cascade == Cascade.OfDevicesAndGroups && (isGroup || !twin.IsAsset))
                ? await BelowAsync(request, twin)
            : isGroup ? await SubgroupsAsync(request, twin)
            : [];
        foreach (var one in below.Reverse().Append(twin))
        {
            await DeleteAsync(request, one, withUser);
        }
    }

    public static bool IsGroup(DeviceTwin twin) =>
        twin.Fragments.ContainsKey(ShownFragments.IsDeviceGroup) || ShownFragments.GroupTypes.Contains(twin.Type);

    private async Task DeleteAsync(CumulocityRequest request, DeviceTwin twin, bool withUser)
    {
        try
        {
            await binaries.DeleteAsync(request.Tenant, twin.Id, request.Cancellation);
            await service.DeleteAsync(request.Tenant, twin.Id, null, request.Cancellation, request.IsTold());
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            // Somebody else deletes it at this moment.
        }

        if (
            withUser
            && twin.Owner is { } owner
            && (await users.FindAsync(request.Tenant, owner, request.Cancellation))?.Value is { } user
            && user.HasRole(Roles.Device)
        )
        {
            await users.DeleteAsync(request.Tenant, owner, null, request.Cancellation, request.Actor());
        }
    }

    /// <summary>Those nearest to it first.</summary>
    private async Task<IReadOnlyList<DeviceTwin>> BelowAsync(CumulocityRequest request, DeviceTwin twin)
    {
        var found = new List<DeviceTwin>();
        await foreach (var id in objects.Links.DescendantsAsync(request.Tenant, twin.Id, Relations, request.Cancellation))
        {
            await AddAsync(request, id, found);
        }

        return found;
    }

    private async Task<IReadOnlyList<DeviceTwin>> SubgroupsAsync(CumulocityRequest request, DeviceTwin twin)
    {
        var (found, seen) = (new List<DeviceTwin>(), new HashSet<string> { twin.Id });
        for (var at = -1; at < found.Count; at++)
        {
            var group = at < 0 ? twin : found[at];
            await foreach (var id in objects.Links.AllChildrenAsync(request.Tenant, group.Id, Relation.Asset, request.Cancellation))
            {
                if (
                    seen.Add(id)
                    && (await objects.FindAsync(request.Tenant, id, request.Cancellation))?.Value is { } child
                    && IsGroup(child)
                )
                {
                    found.Add(child);
                }
            }
        }

        return found;
    }

    private async Task AddAsync(CumulocityRequest request, string id, List<DeviceTwin> found)
    {
        if (await objects.FindAsync(request.Tenant, id, request.Cancellation) is { } child)
        {
            found.Add(child.Value);
        }
    }

    private static NewDevice Below(NewDevice made, (string Parent, Relation Relation)? below) =>
        below switch
        {
            (var parent, Relation.Asset) => made with { AssetParents = [parent] },
            (var parent, Relation.Addition) => made with { AdditionParents = [parent] },
            (var parent, _) => made with { Parents = [parent] },
            null => made,
        };

    /// <summary>The twin that a new object would become.</summary>
    private DeviceTwin Planned(NewDevice made)
    {
        var now = time.GetUtcNow();
        return new DeviceTwin
        {
            Id = ids.Next(),
            Uuid = Guid.CreateVersion7(now),
            Name = made.Name ?? "-",
            IsUnnamed = made.IsUnnamed,
            Type = made.Type,
            Owner = made.Owner,
            IsAsset = made.IsAsset,
            ExternalIds = made.ExternalIds,
            Fragments = made.Fragments ?? [],
            Location = made.Location,
            Created = now,
            Updated = now,
        };
    }

    private static void Check(DeviceTwin twin, string id)
    {
        try
        {
            DeviceRules.Check(twin);
        }
        catch (DomainException refusal)
        {
            throw ManagedObjects.Refused(refusal, id);
        }
    }

    private async Task<DeviceTwin> TellAsync(CumulocityRequest request, string action, DeviceTwin twin)
    {
        Check(twin, twin.Id);
        if (request.ProcessingMode == ProcessingMode.Transient)
        {
            var body =
                action == "delete" ? new JsonObject { ["id"] = twin.Id, ["uuid"] = twin.Uuid.ToString() } : DeviceJson.ToObject(twin);
            await changes.CommitAsync(
                request.Tenant,
                [],
                [new Change(DeviceDirectory.ChangeKind, twin.Id, action, body)],
                request.Cancellation
            );
        }

        return twin;
    }

    private static bool IsStored(ProcessingMode mode) => mode is ProcessingMode.Persistent or ProcessingMode.Quiescent;
}
