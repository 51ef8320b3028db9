using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Devices;

/// <summary>A group of devices; a twin's member group names the one that it is in.</summary>
public sealed record DeviceGroup
{
    /// <summary>1 to 64 characters, none of them a space, a slash or a control; unique in the tenant.</summary>
    public required string Id { get; init; }

    public string Description { get; init; } = "";

    public required DateTimeOffset Created { get; init; }

    /// <summary>The name that it had before, so that who asks again for a renaming that is done is told so.</summary>
    public string? RenamedFrom { get; init; }

    /// <summary>Whether devices are still on their way from <see cref="RenamedFrom"/>.</summary>
    public bool Renaming { get; init; }
}

/// <summary>The groups of every tenant. A device is in one group or in none.</summary>
public sealed class GroupDirectory(IDocumentStore store, DeviceDirectory devices, TimeProvider time)
{
    private const int LongestId = 64;
    private const int LongestDescription = 1024;
    private const int PageSize = 40;

    public ValueTask<Stored<DeviceGroup>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.Group, DocumentIds.Of(id)), DeviceJson.Default.DeviceGroup, cancellation);

    /// <exception cref="DomainException">The tenant has no such group.</exception>
    public async ValueTask<Stored<DeviceGroup>> GetAsync(string tenant, string id, CancellationToken cancellation) =>
        await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"group '{id}'");

    /// <summary>The tenant's groups in the order of their ids, of those that the filter matches.</summary>
    public IAsyncEnumerable<Stored<DeviceGroup>> ListAsync(string tenant, Filter? filter, CancellationToken cancellation) =>
        store.QueryAllAsync(new DocumentQuery(tenant, Kinds.Group, filter, Limit: 1000), DeviceJson.Default.DeviceGroup, cancellation);

    /// <exception cref="DomainException">The id or description is not well-formed, or there is such a group.</exception>
    public async Task<DeviceGroup> CreateAsync(string tenant, string id, string description, CancellationToken cancellation)
    {
        Check(id);
        if (description.Length > LongestDescription)
        {
            throw DomainException.Invalid("description", $"A group's description has at most {LongestDescription} characters.");
        }

        var group = new DeviceGroup
        {
            Id = id,
            Description = description,
            Created = time.GetUtcNow(),
        };
        try
        {
            await store.CommitAsync(tenant, Write(WriteMode.Create, group, null), cancellation);
            return group;
        }
        catch (StoreConflictException)
        {
            throw Taken(id);
        }
    }

    /// <summary>Puts a device into a group, or (null) out of any.</summary>
    /// <exception cref="DomainException">There is no such group or device.</exception>
    public async Task<Stored<DeviceTwin>> AssignAsync(string tenant, string device, string? group, CancellationToken cancellation)
    {
        if (group is not null)
        {
            await GetAsync(tenant, group, cancellation);
        }

        return await devices.UpdateAsync(
            tenant,
            device,
            twin => twin.Group == group ? twin : twin with { Group = group },
            null,
            cancellation
        );
    }

    /// <summary>The devices of a group; of none where it is null.</summary>
    public async IAsyncEnumerable<DeviceTwin> DevicesAsync(
        string tenant,
        string? group,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? cursor = null;
        do
        {
            (var page, cursor) = await devices.ListAsync(tenant, Members(group), null, 500, cursor, cancellation);
            foreach (var device in page)
            {
                yield return device.Value;
            }
        } while (cursor is not null);
    }

    /// <summary>
    /// Gives a group another id and takes its devices along, page by page. Whoever was interrupted asks again: the renaming goes on where it was, and one that is done is done.
    /// </summary>
    /// <exception cref="DomainException">There is no such group, the new id is not well-formed, or another group has it.</exception>
    public async Task<DeviceGroup> RenameAsync(string tenant, string id, string newId, CancellationToken cancellation)
    {
        Check(newId);
        var old = await FindAsync(tenant, id, cancellation);
        var there = await FindAsync(tenant, newId, cancellation);
        if (old is null)
        {
            return there?.Value.RenamedFrom == id ? there.Value : throw DomainException.NotFound($"group '{id}'");
        }

        if (id == newId)
        {
            return old.Value;
        }

        if (there is not null && !(there.Value.Renaming && there.Value.RenamedFrom == id))
        {
            throw Taken(newId);
        }

        if (there is null)
        {
            try
            {
                var begun = old.Value with { Id = newId, RenamedFrom = id, Renaming = true };
                await store.CommitAsync(tenant, Write(WriteMode.Create, begun, null), cancellation);
            }
            catch (StoreConflictException)
            {
                // Somebody else has made or renamed one to this id at this moment: it decides.
                return await RenameAsync(tenant, id, newId, cancellation);
            }
        }

        await MoveAsync(tenant, id, newId, cancellation);
        var renamed = old.Value with { Id = newId, RenamedFrom = id, Renaming = false };
        try
        {
            var end = new DocumentWrite(WriteMode.Delete, Kinds.Group, DocumentIds.Of(id));
            await store.CommitAsync(tenant, [end, Write(WriteMode.Replace, renamed, null)], cancellation);
        }
        catch (StoreConflictException)
        {
            // The same renaming, asked for twice, has come to its end in the other call.
        }

        // A device that was put into the old group while this went on comes after the others.
        await MoveAsync(tenant, id, newId, cancellation);
        return renamed;
    }

    /// <summary>Ends a group; its devices are in none then.</summary>
    /// <exception cref="DomainException">There is no such group.</exception>
    public async Task DeleteAsync(string tenant, string id, CancellationToken cancellation)
    {
        await GetAsync(tenant, id, cancellation);
        await MoveAsync(tenant, id, null, cancellation);
        try
        {
            await store.CommitAsync(tenant, new DocumentWrite(WriteMode.Delete, Kinds.Group, DocumentIds.Of(id)), cancellation);
        }
        catch (StoreConflictException)
        {
            throw DomainException.NotFound($"group '{id}'");
        }

        await MoveAsync(tenant, id, null, cancellation);
    }

    private async Task MoveAsync(string tenant, string from, string? to, CancellationToken cancellation)
    {
        while (true)
        {
            // Those that have moved are no longer found, so that every page is the first.
            var (page, _) = await devices.ListAsync(tenant, Members(from), null, PageSize, null, cancellation);
            if (page.Count == 0)
            {
                return;
            }

            var now = time.GetUtcNow();
            var moved = page.Select(old => (old, old.Value with { Group = to, Version = old.Value.Version + 1, Updated = now }, Log: true));
            await devices.UpdateManyAsync(tenant, [.. moved], cancellation);
        }
    }

    private static Filter Members(string? group) =>
        group is null ? new Filter.Not(new Filter.Has("group")) : Filter.Eq("group", JsonValue.Create(group));

    private static DocumentWrite Write(WriteMode mode, DeviceGroup group, string? etag) =>
        new(mode, Kinds.Group, DocumentIds.Of(group.Id), DeviceJson.Default.DeviceGroup.ToBody(group), etag);

    private static void Check(string id)
    {
        if (id.Length is 0 or > LongestId || id.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '/'))
        {
            throw DomainException.Invalid(
                "id",
                $"A group's id is 1 to {LongestId} characters, none of them a space, a slash or a control."
            );
        }
    }

    private static DomainException Taken(string id) => new(Refusal.Exists, $"There is a group '{id}' already.", "id");
}
