using FsCheck;
using FsCheck.Fluent;
using Serverless.Dialects.Cumulocity.Inventory.Queries;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory.Queries;

/// <summary>Queries over few names and values, so that they meet often.</summary>
internal static class QueryGenerators
{
    public static readonly string[] Texts = ["a", "A", "ab", "a*b", "it's", "(x)", "\\", "é", ""];

    private static readonly Gen<QueryPath> Paths = Gen.Elements(
            "name",
            "type",
            "owner",
            "id",
            "x",
            "y",
            "x.y",
            "x.y.x",
            "y.x",
            "c8y_Position",
            "c8y_Position.lat",
            "c8y_Position.alt",
            "c8y_Hardware",
            "c8y_Hardware.serialNumber",
            "c8y_Hardware.revision",
            "c8y_Firmware.version",
            "c8y_IsDevice",
            "com_cumulocity_model_Agent"
        )
        .Select(text => new QueryPath(text));

    private static readonly Gen<QueryLiteral> Literals = Gen.OneOf(
        from text in Gen.Elements(Texts)
        from wild in Gen.Elements(true, false)
        select (QueryLiteral)new QueryLiteral.Text(text, wild && text.Contains('*', StringComparison.Ordinal)),
        Gen.Elements("*", "a*", "*B", "A*b*").Select(text => (QueryLiteral)new QueryLiteral.Text(text, true)),
        Gen.Elements(0, 1, -1.5, 2e20).Select(number => (QueryLiteral)new QueryLiteral.Number(number)),
        Gen.Elements(true, false).Select(truth => (QueryLiteral)new QueryLiteral.Truth(truth)),
        Gen.Constant((QueryLiteral)new QueryLiteral.None())
    );

    /// <summary>Times about those that objects are made at, to the tick.</summary>
    public static readonly Gen<DateTimeOffset> Times =
        from milliseconds in Gen.Choose(-2, 2)
        from ticks in Gen.Elements(0, 0, 1, 5000, 9999)
        select new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddMilliseconds(milliseconds).AddTicks(ticks);

    private static readonly Gen<QueryNode> Leaves = Gen.Frequency(
        (
            6,
            from path in Paths
            from comparison in Gen.Elements(Enum.GetValues<Comparison>())
            from literal in Literals
            select (QueryNode)new QueryNode.Compare(path, comparison, literal)
        ),
        (
            1,
            from path in Gen.Elements("creationTime", "creationTime.date", "lastUpdated.date")
            from comparison in Gen.Elements(Enum.GetValues<Comparison>())
            from time in Times
            select (QueryNode)new QueryNode.Compare(new QueryPath(path), comparison, new QueryLiteral.Time(time))
        ),
        (2, Paths.Select(path => (QueryNode)new QueryNode.Has(path)))
    );

    public static Gen<ObjectQuery> Queries { get; } =
        from filter in Node(3)
        from order in (from path in Paths from down in Gen.Elements(true, false) select new QueryOrder(path, down))
            .ListOf()
            .Resize(2)
        select new ObjectQuery(filter, [.. order]);

    public static Gen<QueryNode> Node(int depth)
    {
        if (depth == 0)
        {
            return Leaves;
        }

        var terms = Node(depth - 1).Two().Select(two => (IReadOnlyList<QueryNode>)[two.Item1, two.Item2]);
        return Gen.Frequency(
            (3, Leaves),
            (1, terms.Select(list => (QueryNode)new QueryNode.And(list))),
            (1, terms.Select(list => (QueryNode)new QueryNode.Or(list))),
            (1, Node(depth - 1).Select(term => (QueryNode)new QueryNode.Not(term)))
        );
    }
}
