using System.Text;
using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>Filters as SQL conditions over the columns of documents. Every condition is true or false, never unknown, so that NOT is the complement.</summary>
internal static class FilterSql
{
    public static string Condition(Filter filter, SqlBuilder sql) => Condition(filter, sql, MemberScope.Document);

    /// <summary>The key of a member as SQL: its column where it has one, else computed from the body.</summary>
    public static string Key(MemberPath path, SqlBuilder sql) => MemberScope.Document.Key(path, sql);

    private static string Condition(Filter filter, SqlBuilder sql, MemberScope scope) =>
        filter switch
        {
            Filter.Compare compare => Compare(compare, sql, scope),
            Filter.Wildcard wildcard => Wildcard(wildcard, sql, scope),
            Filter.Has { Path.Names.Count: 0 } => "1",
            Filter.Has has => $"json_type(body, {scope.Path(has.Path, sql)}) IS NOT NULL",
            Filter.Null none => $"json_type(body, {scope.Path(none.Path, sql)}) IS 'null'",
            Filter.Element some => Element(some, sql, scope),
            Filter.And and => Join(and.Terms, " AND ", "1", sql, scope),
            Filter.Or or => Join(or.Terms, " OR ", "0", sql, scope),
            Filter.Not not => $"NOT ({Condition(not.Term, sql, scope)})",
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "An unknown filter."),
        };

    private static string Element(Filter.Element some, SqlBuilder sql, MemberScope scope)
    {
        var array = scope.Path(some.Path, sql);
        var element = scope.Below(array);
        return $"(json_type(body, {array}) IS 'array' AND EXISTS (SELECT 1 FROM json_each(body, {array}) AS {element.Table} "
            + $"WHERE {Condition(some.Term, sql, element)}))";
    }

    private static string Compare(Filter.Compare compare, SqlBuilder sql, MemberScope scope)
    {
        var value = FilterValue.Of(compare.Value);
        var (wanted, first, end) = value.Kind switch
        {
            JsonValueKind.String => (sql.Parameter(SqlValue.Of(value.Text)), MemberKey.FirstText, MemberKey.FirstBlob),
            JsonValueKind.Number => (
                sql.Parameter(SqlValue.Of(Math.Max(MemberKey.Lowest, value.Number))),
                MemberKey.FirstNumber,
                MemberKey.FirstText
            ),
            _ => (value.Kind == JsonValueKind.True ? MemberKey.True : MemberKey.False, MemberKey.False, MemberKey.FirstNumber),
        };
        // A key of another type lies below the first or from the end on.
        var key = scope.Key(compare.Path, sql);
        return compare.Operator switch
        {
            Comparison.Equal => IsSet(scope.Column(compare.Path), $"{key} = {wanted}"),
            Comparison.NotEqual => $"({key} >= {first} AND {key} < {end} AND {key} <> {wanted})",
            Comparison.Less => IsSet(scope.Column(compare.Path), $"{key} >= {first} AND {key} < {wanted}"),
            Comparison.LessOrEqual => IsSet(scope.Column(compare.Path), $"{key} >= {first} AND {key} <= {wanted}"),
            Comparison.Greater => IsSet(scope.Column(compare.Path), $"{key} > {wanted} AND {key} < {end}"),
            Comparison.GreaterOrEqual => IsSet(scope.Column(compare.Path), $"{key} >= {wanted} AND {key} < {end}"),
            _ => throw new ArgumentOutOfRangeException(nameof(compare), compare.Operator, "An unknown comparison."),
        };
    }

    /// <summary>Adds the condition that the partial indexes have, word for word, without which SQLite does not use them.</summary>
    private static string IsSet(string? column, string condition) =>
        column is not null ? $"({condition} AND {column} > {MemberKey.Null})" : $"({condition})";

    private static string Wildcard(Filter.Wildcard wildcard, SqlBuilder sql, MemberScope scope)
    {
        var key = scope.Key(wildcard.Path, sql);
        if (wildcard.IgnoreCase)
        {
            var pattern = wildcard.Pattern.ToLowerInvariant();
            return IsSet(scope.Column(wildcard.Path), $"wildcard_lower({sql.Parameter(SqlValue.Of(pattern))}, {key})");
        }

        var star = wildcard.Pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            return IsSet(scope.Column(wildcard.Path), $"{key} = {sql.Parameter(SqlValue.Of(wildcard.Pattern))}");
        }

        var matches = $"wildcard({sql.Parameter(SqlValue.Of(wildcard.Pattern))}, {key})";
        if (star == 0 || scope.Column(wildcard.Path) is null)
        {
            return $"({matches})";
        }

        // The text before the first star bounds a range of the index. Its end is the prefix with its last byte one higher; no byte of UTF-8 is 0xFF.
        var end = Encoding.UTF8.GetBytes(wildcard.Pattern[..star]);
        end[^1]++;
        var from = sql.Parameter(SqlValue.Of(wildcard.Pattern[..star]));
        return IsSet(scope.Column(wildcard.Path), $"{key} >= {from} AND {key} < {sql.Parameter(SqlValue.OfText(end))} AND {matches}");
    }

    private static string Join(IReadOnlyList<Filter> terms, string between, string none, SqlBuilder sql, MemberScope scope)
    {
        return terms.Count == 0 ? none : Balanced(0, terms.Count);

        // SQLite limits the depth of an expression to 1,000, and a chain of n terms is n deep: a balanced tree is not.
        string Balanced(int from, int count) =>
            count == 1
                ? Condition(terms[from], sql, scope)
                : $"({Balanced(from, count / 2)}{between}{Balanced(from + (count / 2), count - (count / 2))})";
    }
}
