using System.Text.Json.Nodes;
using Serverless.Domain.Binaries;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.DeviceEvents;

/// <summary>The events of every tenant, with their files; every change is in the change log.</summary>
public sealed class EventDirectory(IDocumentStore store, ChangeLog changes, BinaryStore binaries, DeviceIds ids, TimeProvider time)
{
    /// <summary>The kind of the changes that events make.</summary>
    public const string ChangeKind = "events";

    // A commit holds 100 writes: a deletion is up to three of an event with its file, its change one, and the log's head one.
    private const int DeletedAtOnce = 20;

    /// <summary>The event, or null.</summary>
    public ValueTask<Stored<DeviceEvent>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.DeviceEvent, id), DeviceEventJson.Default.DeviceEvent, cancellation);

    /// <exception cref="DomainException">The tenant has no such event.</exception>
    public async ValueTask<Stored<DeviceEvent>> GetAsync(string tenant, string id, CancellationToken cancellation) =>
        await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"event '{id}'");

    /// <summary>Makes an event; durable, or told, or both, when the task completes.</summary>
    public async Task<DeviceEvent> CreateAsync(string tenant, NewEvent happened, Effects effects, CancellationToken cancellation)
    {
        var now = Now();
        var made = new DeviceEvent
        {
            Id = ids.Next(),
            Source = happened.Source,
            Type = happened.Type,
            Text = happened.Text,
            Time = happened.Time.ToUniversalTime(),
            Created = now,
            Updated = now,
            Fragments = happened.Fragments ?? [],
        };
        var write = new DocumentWrite(WriteMode.Create, Kinds.DeviceEvent, made.Id, DeviceEventJson.Default.DeviceEvent.ToBody(made));
        await CommitAsync(tenant, [write], [ChangeOf("create", made)], effects, cancellation);
        return made;
    }

    /// <summary>Changes an event's text and members of the users' own; a member that is null is removed.</summary>
    /// <returns>The event as it is now; where nothing is different, nothing is written.</returns>
    /// <exception cref="DomainException">The tenant has no such event.</exception>
    public async Task<DeviceEvent> UpdateAsync(
        string tenant,
        string id,
        string? text,
        JsonObject fragments,
        Effects effects,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            var merged = Merge(old.Value.Fragments, fragments);
            if ((text ?? old.Value.Text) == old.Value.Text && JsonNode.DeepEquals(merged, old.Value.Fragments))
            {
                return old.Value;
            }

            var changed = old.Value with { Text = text ?? old.Value.Text, Fragments = merged, Updated = Now() };
            if (await TryCommitAsync(tenant, [ReplaceWrite(old, changed)], [ChangeOf("update", changed)], effects, cancellation))
            {
                return changed;
            }
        }
    }

    /// <summary>Deletes an event and its file.</summary>
    /// <exception cref="DomainException">The tenant has no such event.</exception>
    public async Task DeleteAsync(string tenant, string id, Effects effects, CancellationToken cancellation)
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            if (await TryCommitAsync(tenant, await DeletionAsync(tenant, old, cancellation), [Deleted(old)], effects, cancellation))
            {
                return;
            }
        }
    }

    /// <summary>Deletes the events that a filter matches, with their files.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> DeleteManyAsync(string tenant, EventFilter filter, Effects effects, CancellationToken cancellation)
    {
        var query = new DocumentQuery(tenant, Kinds.DeviceEvent, filter.ToFilter(), Limit: DeletedAtOnce);
        for (var count = 0; ; )
        {
            var (items, _) = await store.QueryAsync(query, DeviceEventJson.Default.DeviceEvent, cancellation);
            if (items.Count == 0)
            {
                return count;
            }

            var writes = new List<DocumentWrite>();
            foreach (var item in items)
            {
                writes.AddRange(await DeletionAsync(tenant, item, cancellation));
            }

            // One that somebody changes at this moment is looked at again.
            var deleted = await TryCommitAsync(tenant, writes, [.. items.Select(Deleted)], effects, cancellation);
            count += deleted ? items.Count : 0;
        }
    }

    /// <summary>One page of the tenant's events that a filter matches, by the time at which they happened.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="filter">Which.</param>
    /// <param name="oldestFirst">Else the newest comes first.</param>
    /// <param name="limit">The most events of the page.</param>
    /// <param name="cursor">The previous page's cursor, or null for the first page.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public Task<(IReadOnlyList<Stored<DeviceEvent>> Items, string? Cursor)> ListAsync(
        string tenant,
        EventFilter filter,
        bool oldestFirst,
        int limit,
        string? cursor,
        CancellationToken cancellation
    )
    {
        IReadOnlyList<Ordering> order = [new Ordering("time", Descending: !oldestFirst)];
        var query = new DocumentQuery(tenant, Kinds.DeviceEvent, filter.ToFilter(), order, limit, cursor);
        return store.QueryAsync(query, DeviceEventJson.Default.DeviceEvent, cancellation);
    }

    /// <summary>How many of the tenant's events a filter matches.</summary>
    public Task<long> CountAsync(string tenant, EventFilter filter, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.DeviceEvent, filter.ToFilter()), cancellation);

    /// <summary>Stores an event's file.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="describe">Tells its name and media type; asked when all bytes are read, as what describes a file may come behind it.</param>
    /// <param name="replaces">Whether it takes the place of another.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="DomainException">There is no such event, or it has a file and this is not to replace it.</exception>
    /// <exception cref="BinaryTooLargeException">The file is too large.</exception>
    public async Task<DeviceEvent> AttachAsync(
        string tenant,
        string id,
        Stream content,
        Func<Task<(string Name, string Type)>> describe,
        bool replaces,
        CancellationToken cancellation
    )
    {
        var attached = (await GetAsync(tenant, id, cancellation)).Value;
        await binaries.PutAsync(
            tenant,
            attached.BinaryId,
            content,
            replaces,
            async (binary, writes) =>
            {
                var (name, type) = await describe();
                while (true)
                {
                    var old = await GetAsync(tenant, id, cancellation);
                    var attachment = new EventAttachment(name, type, binary.Length);
                    attached = old.Value with { Attachment = attachment, Updated = Now() };
                    try
                    {
                        await changes.CommitAsync(
                            tenant,
                            [.. writes, ReplaceWrite(old, attached)],
                            [ChangeOf("update", attached)],
                            cancellation
                        );
                        return;
                    }
                    catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.DeviceEvent)
                    {
                        // Somebody else has changed the event: take what they left.
                    }
                }
            },
            cancellation
        );
        return attached;
    }

    /// <summary>Deletes an event's file.</summary>
    /// <returns>False where it has none.</returns>
    /// <exception cref="DomainException">There is no such event.</exception>
    public async Task<bool> DetachAsync(string tenant, string id, CancellationToken cancellation)
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            var deletion = await binaries.DeletionAsync(tenant, old.Value.BinaryId, cancellation);
            if (deletion.Count == 0)
            {
                return false;
            }

            var changed = old.Value with { Attachment = null, Updated = Now() };
            IReadOnlyList<DocumentWrite> writes = [.. deletion, ReplaceWrite(old, changed)];
            if (await TryCommitAsync(tenant, writes, [ChangeOf("update", changed)], Effects.All, cancellation))
            {
                return true;
            }
        }
    }

    /// <summary>Whole milliseconds, as clients see them: what they ask for by such a time is found.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task<IReadOnlyList<DocumentWrite>> DeletionAsync(
        string tenant,
        Stored<DeviceEvent> old,
        CancellationToken cancellation
    ) =>
        [
            new DocumentWrite(WriteMode.Delete, Kinds.DeviceEvent, old.Value.Id, IfMatch: old.ETag),
            .. old.Value.Attachment is null ? [] : await binaries.DeletionAsync(tenant, old.Value.BinaryId, cancellation),
        ];

    private async Task<bool> TryCommitAsync(
        string tenant,
        IReadOnlyList<DocumentWrite> writes,
        IReadOnlyList<Change> told,
        Effects effects,
        CancellationToken cancellation
    )
    {
        try
        {
            await CommitAsync(tenant, writes, told, effects, cancellation);
            return true;
        }
        catch (StoreConflictException)
        {
            // Somebody else was faster: look what they left.
            return false;
        }
    }

    private async Task CommitAsync(
        string tenant,
        IReadOnlyList<DocumentWrite> writes,
        IReadOnlyList<Change> told,
        Effects effects,
        CancellationToken cancellation
    )
    {
        var (stored, logged) = (effects.HasFlag(Effects.Store) ? writes : [], effects.HasFlag(Effects.Tell) ? told : []);
        if (stored.Count + logged.Count > 0)
        {
            await changes.CommitAsync(tenant, stored, logged, cancellation);
        }
    }

    private static JsonObject Merge(JsonObject old, JsonObject patch)
    {
        var merged = (JsonObject)old.DeepClone();
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = value.DeepClone();
            }
        }

        return merged;
    }

    private static DocumentWrite ReplaceWrite(Stored<DeviceEvent> old, DeviceEvent changed) =>
        new(WriteMode.Replace, Kinds.DeviceEvent, changed.Id, DeviceEventJson.Default.DeviceEvent.ToBody(changed), old.ETag);

    private static Change ChangeOf(string action, DeviceEvent happened) =>
        new(ChangeKind, happened.Source, action, DeviceEventJson.ToObject(happened));

    private static Change Deleted(Stored<DeviceEvent> old) =>
        new(ChangeKind, old.Value.Source, "delete", new JsonObject { ["id"] = old.Value.Id, ["source"] = old.Value.Source });
}
