using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Devices;

/// <summary>How one object belongs to another.</summary>
public enum Relation
{
    /// <summary>A device behind a device: the parent speaks for it, and takes its commands to it.</summary>
    Device,

    /// <summary>A member of a group, or a part of an asset.</summary>
    Asset,

    /// <summary>Something that goes with it, such as a service or a file.</summary>
    Addition,
}

/// <summary>An index entry: a child of a parent. The child's twin names its parents, and is what counts; the directory writes both in one commit.</summary>
/// <param name="Source">The relation and the parent's id: <see cref="Links.SourceOf"/>.</param>
/// <param name="Child">The child's id.</param>
/// <param name="Time">Since when.</param>
public sealed record LinkEntry(string Source, string Child, DateTimeOffset Time);

/// <summary>Which objects belong to which: children page by page, ancestors and descendants. An object may have any number of children.</summary>
public sealed class Links(IDocumentStore store, DeviceDirectory devices)
{
    // How far up or down a line is followed: longer ones are not refused, but nobody sees beyond.
    private const int MostLevels = 32;
    private const int PageSize = 500;

    /// <summary>Makes an object the child of another; again changes nothing.</summary>
    /// <exception cref="DomainException">There is no such parent or child, or the parent is the child itself or below it.</exception>
    public async Task<Stored<DeviceTwin>> AddAsync(
        string tenant,
        string parent,
        Relation relation,
        string child,
        CancellationToken cancellation
    )
    {
        var above = (await devices.GetAsync(tenant, parent, cancellation)).Value;
        if (parent == child || (await AncestorsAsync(tenant, above, [relation], cancellation)).Contains(child))
        {
            throw DomainException.Invalid("managedObject", $"The object '{parent}' belongs to '{child}' itself.");
        }

        return await devices.UpdateAsync(
            tenant,
            child,
            twin => twin.ParentsBy(relation).Contains(parent) ? twin : twin.WithParents(relation, [.. twin.ParentsBy(relation), parent]),
            null,
            cancellation
        );
    }

    /// <summary>Ends it; no change is logged where it is not told.</summary>
    /// <returns>False where it was no child.</returns>
    /// <exception cref="DomainException">There is no such child.</exception>
    public async Task<bool> RemoveAsync(
        string tenant,
        string parent,
        Relation relation,
        string child,
        CancellationToken cancellation,
        bool isTold = true
    )
    {
        var was = false;
        await devices.UpdateAsync(
            tenant,
            child,
            twin =>
            {
                was = twin.ParentsBy(relation).Contains(parent);
                return was ? twin.WithParents(relation, [.. twin.ParentsBy(relation).Where(id => id != parent)]) : twin;
            },
            null,
            cancellation,
            isTold
        );
        return was;
    }

    /// <summary>One page of the ids of a parent's children, the first assigned first.</summary>
    public async Task<(IReadOnlyList<string> Children, string? Cursor)> ListChildrenAsync(
        string tenant,
        string parent,
        Relation relation,
        int limit,
        string? cursor,
        CancellationToken cancellation
    )
    {
        var query = Query(tenant, parent, relation, limit) with { Cursor = cursor };
        var (items, next) = await store.QueryAsync(query, DeviceJson.Default.LinkEntry, cancellation);
        return ([.. items.Select(link => link.Value.Child)], next);
    }

    /// <summary>The ids of all children of a parent, the first assigned first.</summary>
    public async IAsyncEnumerable<string> AllChildrenAsync(
        string tenant,
        string parent,
        Relation relation,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await foreach (
            var link in store.QueryAllAsync(Query(tenant, parent, relation, PageSize), DeviceJson.Default.LinkEntry, cancellation)
        )
        {
            yield return link.Value.Child;
        }
    }

    public Task<long> CountChildrenAsync(string tenant, string parent, Relation relation, CancellationToken cancellation) =>
        store.CountAsync(Query(tenant, parent, relation, 1), cancellation);

    public async Task<bool> HasChildrenAsync(string tenant, string parent, Relation relation, CancellationToken cancellation) =>
        (await store.QueryAsync(Query(tenant, parent, relation, 1), cancellation)).Items.Count > 0;

    public async ValueTask<bool> IsChildAsync(
        string tenant,
        string parent,
        Relation relation,
        string child,
        CancellationToken cancellation
    ) => await store.GetAsync(new DocumentKey(tenant, Kinds.Link, IdOf(relation, parent, child)), cancellation) is not null;

    /// <summary>The ids of all that an object belongs to by these relations, directly or through others; not its own.</summary>
    public async Task<IReadOnlySet<string>> AncestorsAsync(
        string tenant,
        DeviceTwin twin,
        IReadOnlyList<Relation> relations,
        CancellationToken cancellation
    )
    {
        var found = new HashSet<string>();
        var level = new List<DeviceTwin> { twin };
        for (var depth = 0; level.Count > 0 && depth < MostLevels; depth++)
        {
            var above = new List<DeviceTwin>();
            foreach (var id in level.SelectMany(below => relations.SelectMany(below.ParentsBy)).Where(found.Add).ToList())
            {
                // A parent that was deleted at this moment has none above it.
                if (await devices.FindAsync(tenant, id, cancellation) is { } parent)
                {
                    above.Add(parent.Value);
                }
            }

            level = above;
        }

        return found;
    }

    /// <summary>The ids of all that belongs to an object by these relations, directly or through others, those next to it first; not its own.</summary>
    public async IAsyncEnumerable<string> DescendantsAsync(
        string tenant,
        string parent,
        IReadOnlyList<Relation> relations,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var seen = new HashSet<string> { parent };
        var level = new List<string> { parent };
        for (var depth = 0; level.Count > 0 && depth < MostLevels; depth++)
        {
            var below = new List<string>();
            foreach (var id in level)
            {
                foreach (var relation in relations)
                {
                    await foreach (var child in AllChildrenAsync(tenant, id, relation, cancellation))
                    {
                        if (seen.Add(child))
                        {
                            below.Add(child);
                            yield return child;
                        }
                    }
                }
            }

            level = below;
        }
    }

    internal static string SourceOf(Relation relation, string parent) => $"{relation}!{parent}";

    internal static string IdOf(Relation relation, string parent, string child) => $"{SourceOf(relation, parent)}!{child}";

    private static DocumentQuery Query(string tenant, string parent, Relation relation, int limit) =>
        new(tenant, Kinds.Link, Filter.Eq("source", JsonValue.Create(SourceOf(relation, parent))), [new Ordering("time")], limit);
}
