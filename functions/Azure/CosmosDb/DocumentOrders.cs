using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>An order that a kind's documents are asked for in.</summary>
internal sealed record ListedOrder(string Kind, params IReadOnlyList<Ordering> Order);

/// <summary>The orders that the container has indexes for: all that the project asks for, in one place.</summary>
/// <remarks>
/// Cosmos DB sorts by several members only with a composite index of just these, and orders types and absent members otherwise than the
/// port does. So a document of a
/// kind with listed orders carries a sort key (<see cref="SortKey"/>) for each member that it is ordered by, under "o", and the
/// composite index is over kind, sort keys and id.
/// An order that is not listed is answered all the same: the store reads every document that the filter matches for each page,
/// and keeps those of the page, at a cost in request units that grows with the kind. List an order before it is used much; documents written before then
/// need writing again.
/// </remarks>
internal sealed class DocumentOrders
{
    private readonly ILookup<string, ListedOrder> byKind;
    private readonly Dictionary<string, (string Name, MemberPath Path)[]> keys;

    public DocumentOrders(params IReadOnlyList<ListedOrder> orders)
    {
        byKind = orders.ToLookup(order => order.Kind);
        keys = byKind.ToDictionary(
            kind => kind.Key,
            kind => kind.SelectMany(order => order.Order).Select(by => by.Path).Distinct().Select(path => (NameOf(path), path)).ToArray()
        );
        CompositeIndexes = [.. orders.Select(order => order.Order).Prepend([]).DistinctBy(Text).Select(IndexOf)];
    }

    public static DocumentOrders Listed { get; } =
        new([
            .. DeviceDirectory.Orders.SelectMany(name =>
                new[] { false, true }.Select(descending => new ListedOrder(Kinds.Device, new Ordering(name, descending)))
            ),
            new(Kinds.Change, new Ordering("name")),
            new(Kinds.DeadLetter, new Ordering("time", Descending: true)),
            new(Kinds.DeviceLog, new Ordering("time", Descending: true)),
            new(Kinds.SigningKey, new Ordering("time")),
            new(Kinds.Link, new Ordering("time")),
            new(Kinds.Event, new Ordering("time")),
            new(Kinds.CloudToDevice, new Ordering("name")),
            new(Kinds.Delivery, new Ordering("time", Descending: true)),
            new(Kinds.Command, new Ordering("id", Descending: true)),
            new(Kinds.Alarm, new Ordering("id", Descending: true)),
            new(Kinds.Alarm, new Ordering("time", Descending: true)),
            new(Kinds.AuditRecord, new Ordering("time", Descending: true)),
            new(Kinds.AuditRecord, new Ordering("time")),
            new(Kinds.BulkOperation, new Ordering("id", Descending: true)),
            new(Kinds.Installation, new Ordering("id", Descending: true)),
            new(Kinds.DeviceEvent, new Ordering("time", Descending: true)),
            new(Kinds.DeviceEvent, new Ordering("time")),
        ]);

    /// <summary>The composite indexes that these orders need, each as paths and directions.</summary>
    public IReadOnlyList<IReadOnlyList<(string Path, bool Descending)>> CompositeIndexes { get; }

    /// <summary>Whether the container sorts so; the order by id is always there.</summary>
    public bool Contains(string kind, IReadOnlyList<Ordering> order) =>
        order.Count == 0 || byKind[kind].Any(listed => listed.Order.SequenceEqual(order));

    /// <summary>The sort keys that a document of the kind carries: their names under "o", and the members that they are of.</summary>
    public IReadOnlyList<(string Name, MemberPath Path)> KeysOf(string kind) => keys.GetValueOrDefault(kind, []);

    /// <exception cref="ArgumentException">The path holds other characters than ASCII letters and digits.</exception>
    public static string NameOf(MemberPath path) =>
        path.Names.Count > 0 && path.Names.All(name => name.Length > 0 && name.All(char.IsAsciiLetterOrDigit))
            ? string.Join('_', path.Names)
            : throw new ArgumentException($"An index cannot be listed for {path}.", nameof(path));

    private static IReadOnlyList<(string Path, bool Descending)> IndexOf(IReadOnlyList<Ordering> order) =>
        [("/k", false), .. order.Select(by => ($"/o/{NameOf(by.Path)}", by.Descending)), ("/id", false)];

    private static string Text(IReadOnlyList<Ordering> order) => string.Concat(order.Select(by => $"{NameOf(by.Path)} {by.Descending},"));
}
