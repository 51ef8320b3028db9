using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Serverless.Dialects.Cumulocity.Inventory.Queries;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory.Queries;

/// <summary>The meaning of queries, slow and obvious: asked of the JSON that the API shows.</summary>
internal static class ShownObjectEvaluator
{
    public static bool Matches(QueryNode node, JsonObject shown) =>
        node switch
        {
            QueryNode.And and => and.Terms.All(term => Matches(term, shown)),
            QueryNode.Or or => or.Terms.Any(term => Matches(term, shown)),
            QueryNode.Not not => !Matches(not.Term, shown),
            QueryNode.Has has => Values(shown, has.Path).Any(),
            QueryNode.Compare { Operator: Comparison.NotEqual } compare => !Matches(compare with { Operator = Comparison.Equal }, shown),
            QueryNode.Compare { Literal: QueryLiteral.None } compare => compare.Operator == Comparison.Equal
                && (!Values(shown, compare.Path).Any() || Values(shown, compare.Path).Contains(null)),
            QueryNode.Compare compare => Values(shown, compare.Path, withElements: true).Any(value => Compares(compare, value)),
            _ => throw new ArgumentOutOfRangeException(nameof(node)),
        };

    /// <summary>What lies at the end of a path, through objects and the elements of one array; with elements, an array at the end gives its own too.</summary>
    private static IEnumerable<JsonNode?> Values(JsonObject shown, QueryPath path, bool withElements = false)
    {
        // The times are shown under their own names, and asked for with .date behind them.
        var names = path.Text is "creationTime.date" or "lastUpdated.date" ? path.Names[..1] : path.Names;
        return Values(shown, names, mayIterate: true, withElements);
    }

    private static IEnumerable<JsonNode?> Values(JsonNode? node, string[] names, bool mayIterate, bool withElements)
    {
        if (names.Length == 0)
        {
            return node is JsonArray elements && mayIterate && withElements ? elements.Append(node) : Enumerable.Repeat(node, 1);
        }

        return node switch
        {
            JsonObject members => members.ContainsKey(names[0]) ? Values(members[names[0]], names[1..], mayIterate, withElements) : [],
            JsonArray list when mayIterate => list.SelectMany(item => item is JsonArray ? [] : Values(item, names, false, withElements)),
            _ => [],
        };
    }

    private static bool Compares(QueryNode.Compare compare, JsonNode? value)
    {
        int? difference = (compare.Literal, value?.GetValueKind()) switch
        {
            (QueryLiteral.Text { HasWildcard: true } text, System.Text.Json.JsonValueKind.String)
                when compare.Operator == Comparison.Equal => Like(text.Value, (string)value!) ? 0 : 1,
            (QueryLiteral.Text text, System.Text.Json.JsonValueKind.String) => FilterEvaluator.CompareStrings((string)value!, text.Value),
            (QueryLiteral.Number number, System.Text.Json.JsonValueKind.Number) => double.Parse(
                    value!.ToJsonString(),
                    CultureInfo.InvariantCulture
                )
                .CompareTo(number.Value),
            (QueryLiteral.Truth truth, System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False) => (
                (bool)value!
            ).CompareTo(truth.Value),
            (QueryLiteral.Time time, System.Text.Json.JsonValueKind.String) => DateTimeOffset
                .Parse((string)value!, CultureInfo.InvariantCulture)
                .CompareTo(time.Value),
            _ => null,
        };
        return difference is { } found
            && compare.Operator switch
            {
                Comparison.Equal => found == 0,
                Comparison.Less => found < 0,
                Comparison.LessOrEqual => found <= 0,
                Comparison.Greater => found > 0,
                _ => found >= 0,
            };
    }

    private static bool Like(string pattern, string text) =>
        Regex.IsMatch(
            text.ToLowerInvariant(),
            $@"\A{Regex.Escape(pattern.ToLowerInvariant()).Replace(@"\*", ".*", StringComparison.Ordinal)}\z",
            RegexOptions.Singleline
        );
}
