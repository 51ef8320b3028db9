using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Inventory.Objects;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

/// <summary>Turns a query over objects as the API shows them into a filter over twins.</summary>
/// <param name="inner">The ids of all objects with children below an object, itself among them: what <see cref="QueryNode.Below"/> asks for.</param>
/// <remarks>
/// A comparison with null is with what is absent or null. A path into fragments leads through objects and into the elements of one array: a.b eq 1 finds {"a":{"b":1}}, {"a":[{"b":1}]} and
/// {"a":{"b":[1]}}; an array within an array is not looked into.
/// </remarks>
internal sealed class QueryTranslator(Func<string, IReadOnlyCollection<string>> inner)
{
    private static readonly MemberPath Self = new();
    private static readonly Filter Unnamed = new Filter.Has("isUnnamed");

    public static IReadOnlyList<Ordering> Translate(IReadOnlyList<QueryOrder> order) =>
        [.. order.Select(by => new Ordering(Place(by.Path), by.Descending))];

    public Filter Translate(QueryNode node) =>
        node switch
        {
            QueryNode.And and => Filter.All([.. and.Terms.Select(Translate)]),
            QueryNode.Or or => Filter.Any([.. or.Terms.Select(Translate)]),
            QueryNode.Not not => new Filter.Not(Translate(not.Term)),
            QueryNode.Has has => Has(has.Path),
            QueryNode.Compare { Path.Text: "text", Literal: QueryLiteral.Text text } => TextSearch.Filter(text.Value),
            QueryNode.Compare compare => Compare(compare),
            QueryNode.InGroup group => BelongsTo("assetParents", group.Groups),
            QueryNode.Below below => Filter.Any([
                .. Enum.GetValues<Relation>()
                    .Select(relation => BelongsTo(ObjectReferences.ParentMember(relation), [.. below.Roots.SelectMany(inner).Distinct()])),
            ]),
            _ => throw new ArgumentOutOfRangeException(nameof(node), node, "An unknown condition."),
        };

    /// <summary>The objects that have one of these parents by a relation.</summary>
    public static Filter BelongsTo(MemberPath member, IReadOnlyList<string> parents) =>
        new Filter.Element(member, Filter.Any([.. parents.Select(parent => Filter.Eq(Self, JsonValue.Create(parent)))]));

    /// <summary>The objects that show a member, whatever its value.</summary>
    public static Filter Has(QueryPath path)
    {
        if (ShownMembers.OwnMember(path) is { } own)
        {
            return Named(path, new Filter.Has(own));
        }

        var stored = Fragments(path, place => new Filter.Has(place), elements: false);
        if (ShownMembers.MirroredMember(path) is { } mirrored)
        {
            stored = Filter.Any(new Filter.Has(mirrored), MirroredHas(path), stored);
        }

        return ManagedObjectJson.DeviceFragments.Contains(path.Text) ? Filter.Any(stored, PlainDevice) : stored;
    }

    /// <summary>A device of another door: it shows both fragments of devices, though it has neither.</summary>
    private static Filter PlainDevice { get; } =
        Filter.All([
            new Filter.Not(Filter.Eq("isAsset", JsonValue.Create(true))),
            .. ManagedObjectJson.DeviceFragments.Select(name => new Filter.Not(new Filter.Has(ShownMembers.Fragment(name)))),
        ]);

    /// <summary>c8y_Hardware is shown where one of its two mirrored members is there.</summary>
    private static Filter MirroredHas(QueryPath path) => path.Text == "c8y_Hardware" ? new Filter.Has("hardware") : Filter.Any();

    private static Filter Compare(QueryNode.Compare compare)
    {
        if (compare.Operator == Comparison.NotEqual)
        {
            return new Filter.Not(Compare(compare with { Operator = Comparison.Equal }));
        }

        return compare.Literal switch
        {
            QueryLiteral.None => compare.Operator == Comparison.Equal ? IsNull(compare.Path) : Filter.Any(),
            QueryLiteral.Time time => CompareTime(ShownMembers.OwnMember(compare.Path)!, compare.Operator, time.Value),
            QueryLiteral.Text { HasWildcard: true } text when compare.Operator == Comparison.Equal => Members(
                compare.Path,
                place => new Filter.Wildcard(place, text.Value, IgnoreCase: true)
            ),
            QueryLiteral.Text text => Members(
                compare.Path,
                place => new Filter.Compare(place, compare.Operator, JsonValue.Create(text.Value))
            ),
            QueryLiteral.Number number => Members(
                compare.Path,
                place => new Filter.Compare(place, compare.Operator, JsonValue.Create(number.Value))
            ),
            QueryLiteral.Truth truth => Members(
                compare.Path,
                place => new Filter.Compare(place, compare.Operator, JsonValue.Create(truth.Value))
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(compare), compare.Literal, "An unknown value."),
        };
    }

    private static Filter IsNull(QueryPath path)
    {
        var absent = new Filter.Not(Has(path));
        return ShownMembers.OwnMember(path) is null
            ? Filter.Any(absent, Unmirrored(path, Fragments(path, place => new Filter.Null(place), elements: false)))
            : absent;
    }

    /// <summary>A condition on wherever the member may lie.</summary>
    private static Filter Members(QueryPath path, Func<MemberPath, Filter> condition)
    {
        if (ShownMembers.OwnMember(path) is { } own)
        {
            return Named(path, condition(own));
        }

        var stored = Unmirrored(path, Fragments(path, condition));
        return ShownMembers.MirroredMember(path) is { } mirrored && path.Names.Length > 1
            ? Filter.Any(condition(mirrored), stored)
            : stored;
    }

    /// <summary>A condition on a fragment's member, which is not shown where the twin knows better.</summary>
    private static Filter Unmirrored(QueryPath path, Filter stored) =>
        ShownMembers.MirroredMember(path) is { } mirrored ? Filter.All(new Filter.Not(new Filter.Has(mirrored)), stored) : stored;

    /// <summary>The name that was chosen for an object which was given none is not shown.</summary>
    private static Filter Named(QueryPath path, Filter condition) =>
        path.Text == "name" ? Filter.All(condition, new Filter.Not(Unnamed)) : condition;

    private static Filter Fragments(QueryPath path, Func<MemberPath, Filter> condition, bool elements = true)
    {
        var names = path.Names;
        var places = new List<Filter> { condition(ShownMembers.Fragment(names)) };
        for (var array = 1; array < names.Length + (elements ? 1 : 0); array++)
        {
            var below = new MemberPath(names[array..]);
            places.Add(new Filter.Element(ShownMembers.Fragment(names[..array]), condition(below)));
        }

        return Filter.Any(places);
    }

    /// <summary>Times are kept to the tick and shown to the millisecond: what is shown is compared.</summary>
    private static Filter CompareTime(MemberPath member, Comparison comparison, DateTimeOffset time)
    {
        var floor = time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerMillisecond));
        var next = floor.AddMilliseconds(1);
        var ceiling = floor == time ? floor : next;
        return comparison switch
        {
            Comparison.Less => At(Comparison.Less, ceiling),
            Comparison.LessOrEqual => At(Comparison.Less, next),
            Comparison.Greater => At(Comparison.GreaterOrEqual, next),
            Comparison.GreaterOrEqual => At(Comparison.GreaterOrEqual, ceiling),
            _ => floor == time ? Filter.All(At(Comparison.GreaterOrEqual, floor), At(Comparison.Less, next)) : Filter.Any(),
        };

        // As the twin's document writes it, which orders as text.
        Filter At(Comparison comparison, DateTimeOffset bound) =>
            new Filter.Compare(member, comparison, JsonValue.Create(JsonEncodedTextOf(bound)));
    }

    private static string JsonEncodedTextOf(DateTimeOffset time) => JsonSerializer.SerializeToElement(time.ToUniversalTime()).GetString()!;

    /// <summary>Objects get their ids in the order in which they are made; the store has that order, and need not sort.</summary>
    private static MemberPath Place(QueryPath path) =>
        path.Text is "creationTime" or "creationTime.date"
            ? new MemberPath("id")
            : ShownMembers.OwnMember(path)
                ?? (
                    ShownMembers.MirroredMember(path) is { } mirrored && path.Names.Length > 1
                        ? mirrored
                        : ShownMembers.Fragment(path.Names)
                );
}
