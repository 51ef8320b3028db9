using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Domain.Documents;

namespace Serverless.Contracts.Documents;

/// <summary>Documents and queries whose names and values are few, so that they meet often, and awkward.</summary>
internal static class DocumentGenerators
{
    private static readonly Gen<string> Names = Gen.Elements([
        "type",
        "owner",
        "name",
        "source",
        "status",
        "time",
        "fragments",
        "a",
        "b",
        "a.b",
        "q\"uote",
        "back\\slash",
        "",
        "ü",
        "$",
        "[0]",
        "0",
        "x'y",
        "n\ne",
    ]);

    private static readonly Gen<string> Texts = Gen.Elements([
        "",
        "a",
        "A",
        "ab",
        "abc",
        "abcabc",
        "a*b",
        "?",
        "[a]",
        "%",
        "_",
        "é",
        "\uE000",
        "\uFFFD",
        "😀",
        "1",
        "1.0",
        "true",
        "null",
        "{}",
        "a\nb",
        "a\\b",
        "z\u0000",
    ]);

    private static readonly Gen<double> Numbers = Gen.OneOf(
        Gen.Choose(-3, 3).Select(number => (double)number),
        Gen.Choose(-9, 9).Select(number => number / 4.0),
        Gen.Elements([1e15, -1e15, 9007199254740991, -9007199254740991, 1e100, -1e100, 1e-9, 0.1])
    );

    private static readonly Gen<MemberPath> Paths = Gen.Frequency(
        (3, Names.Select(name => new MemberPath(name))),
        (1, Gen.Constant(new MemberPath())),
        (1, Names.Two().Select(names => new MemberPath(names.Item1, names.Item2))),
        (1, Names.Select(name => new MemberPath("fragments", name))),
        (1, Names.Two().Select(names => new MemberPath("fragments", names.Item1, names.Item2)))
    );

    private static readonly Gen<JsonValue> Scalars = Gen.OneOf(
        Texts.Select(text => JsonValue.Create(text)),
        Numbers.Select(number => JsonValue.Create(number)),
        Gen.Elements(true, false).Select(truth => JsonValue.Create(truth))
    );

    private static readonly Gen<string> Patterns = Gen.OneOf(
        Texts,
        Texts.Two().Select(texts => $"{texts.Item1}*{texts.Item2}"),
        Texts.Three().Select(texts => $"*{texts.Item1}*{texts.Item2}**{texts.Item3}")
    );

    public static Gen<DocumentCase> Cases { get; } =
        from documents in Document.ListOf().Resize(40)
        from filter in Filter(3)
        from order in Order.ListOf().Resize(3)
        from limit in Gen.Choose(1, 9)
        select new DocumentCase([.. documents.Take(IDocumentStore.MaxWrites)], filter, [.. order], limit);

    private static Gen<Ordering> Order => from path in Paths from down in Gen.Elements(true, false) select new Ordering(path, down);

    private static Gen<Filter> Filter(int depth)
    {
        var leaf = Gen.OneOf(
            from path in Paths
            from comparison in Gen.Elements(Enum.GetValues<Comparison>())
            from value in Scalars
            select (Filter)new Filter.Compare(path, comparison, value),
            from path in Paths
            from pattern in Patterns
            from ignoreCase in Gen.Elements(true, false)
            select (Filter)new Filter.Wildcard(path, pattern, ignoreCase),
            from path in Paths
            select (Filter)new Filter.Has(path),
            from path in Paths
            select (Filter)new Filter.Null(path)
        );
        if (depth == 0)
        {
            return leaf;
        }

        var terms = Filter(depth - 1).ListOf().Resize(4);
        return Gen.Frequency(
            (2, leaf),
            (1, terms.Select(list => Domain.Documents.Filter.All([.. list]))),
            (1, terms.Select(list => Domain.Documents.Filter.Any([.. list]))),
            (1, Filter(depth - 1).Select(term => (Filter)new Filter.Not(term))),
            (1, from path in Paths from term in Filter(depth - 1) select (Filter)new Filter.Element(path, term))
        );
    }

    private static Gen<JsonNode?> Value(int depth)
    {
        var scalar = Gen.Frequency((1, Gen.Constant<JsonNode?>(null)), (9, Scalars.Select(value => (JsonNode?)value.DeepClone())));
        return depth == 0
            ? scalar
            : Gen.Frequency(
                (6, scalar),
                (2, Object(depth - 1).Select(value => (JsonNode?)value)),
                (
                    2,
                    Value(depth - 1)
                        .ListOf()
                        .Resize(3)
                        .Select(list => (JsonNode?)new JsonArray([.. list.Select(item => item?.DeepClone())]))
                )
            );
    }

    /// <summary>A document, in most cases with members of which stores may have an index.</summary>
    private static Gen<JsonObject> Document =>
        from document in Object(2)
        from fragments in Gen.Frequency((1, Gen.Constant<JsonObject?>(null)), (2, Object(1).Select(value => (JsonObject?)value)))
        select With(document, "fragments", fragments);

    private static JsonObject With(JsonObject document, string name, JsonObject? value)
    {
        if (value is not null)
        {
            document[name] = value.DeepClone();
        }

        return document;
    }

    private static Gen<JsonObject> Object(int depth) =>
        from names in Names.ListOf().Resize(8)
        from values in Value(depth).ListOf(names.Distinct().Count())
        select new JsonObject(names.Distinct().Zip(values, (name, value) => KeyValuePair.Create(name, value?.DeepClone())));
}

/// <summary>Documents and a question to them.</summary>
internal sealed record DocumentCase(IReadOnlyList<JsonObject> Documents, Filter Filter, IReadOnlyList<Ordering> Order, int Limit)
{
    public override string ToString() =>
        $"""
            Filter: {Describe(Filter)}
            Order: {string.Join(", ", Order.Select(by => $"{Names(by.Path)} {(by.Descending ? "desc" : "asc")}"))}; limit {Limit}
            {string.Join('\n', Documents.Select((document, index) => $"{index}: {document.ToJsonString()}"))}
            """;

    private static string Describe(Filter filter) =>
        filter switch
        {
            Filter.Compare compare => $"{Names(compare.Path)} {compare.Operator} {compare.Value.ToJsonString()}",
            Filter.Wildcard wildcard => $"{Names(wildcard.Path)} {(wildcard.IgnoreCase ? "ilike" : "like")} '{wildcard.Pattern}'",
            Filter.Null none => $"{Names(none.Path)} is null",
            Filter.Element some => $"{Names(some.Path)}[{Describe(some.Term)}]",
            Filter.Has has => $"has {Names(has.Path)}",
            Filter.And and => $"all({string.Join("; ", and.Terms.Select(Describe))})",
            Filter.Or or => $"any({string.Join("; ", or.Terms.Select(Describe))})",
            Filter.Not not => $"not({Describe(not.Term)})",
            _ => filter.ToString(),
        };

    private static string Names(MemberPath path) => string.Join('/', path.Names.Select(name => $"<{name}>"));
}
