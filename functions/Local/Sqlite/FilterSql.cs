using System.Text;
using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>Filters as SQL conditions over the columns of documents. Every condition is true or false, never unknown, so that NOT is the complement.</summary>
internal static class FilterSql
{
    public static string Condition(Filter filter, SqlBuilder sql) =>
        filter switch
        {
            Filter.Compare compare => Compare(compare, sql),
            Filter.Wildcard wildcard => Wildcard(wildcard, sql),
            Filter.Has { Path.Names.Count: 0 } => "1",
            Filter.Has has => $"json_type(body, {sql.Shared(MemberKey.JsonPath(has.Path))}) IS NOT NULL",
            Filter.And and => Join(and.Terms, " AND ", "1", sql),
            Filter.Or or => Join(or.Terms, " OR ", "0", sql),
            Filter.Not not => $"NOT ({Condition(not.Term, sql)})",
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "An unknown filter."),
        };

    /// <summary>The key of a member as SQL: its column where it has one, else computed from the body.</summary>
    public static string Key(MemberPath path, SqlBuilder sql) =>
        MemberKey.Column(path) ?? $"({MemberKey.Expression(sql.Shared(MemberKey.JsonPath(path)))})";

    private static string Compare(Filter.Compare compare, SqlBuilder sql)
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
        var key = Key(compare.Path, sql);
        return compare.Operator switch
        {
            Comparison.Equal => IsSet(compare.Path, $"{key} = {wanted}"),
            Comparison.NotEqual => $"({key} >= {first} AND {key} < {end} AND {key} <> {wanted})",
            Comparison.Less => IsSet(compare.Path, $"{key} >= {first} AND {key} < {wanted}"),
            Comparison.LessOrEqual => IsSet(compare.Path, $"{key} >= {first} AND {key} <= {wanted}"),
            Comparison.Greater => IsSet(compare.Path, $"{key} > {wanted} AND {key} < {end}"),
            Comparison.GreaterOrEqual => IsSet(compare.Path, $"{key} >= {wanted} AND {key} < {end}"),
            _ => throw new ArgumentOutOfRangeException(nameof(compare), compare.Operator, "An unknown comparison."),
        };
    }

    /// <summary>Adds the condition that the partial indexes have, word for word, without which SQLite does not use them.</summary>
    private static string IsSet(MemberPath path, string condition) =>
        MemberKey.Column(path) is { } column ? $"({condition} AND {column} > {MemberKey.Null})" : $"({condition})";

    private static string Wildcard(Filter.Wildcard wildcard, SqlBuilder sql)
    {
        var key = Key(wildcard.Path, sql);
        var star = wildcard.Pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            return IsSet(wildcard.Path, $"{key} = {sql.Parameter(SqlValue.Of(wildcard.Pattern))}");
        }

        var matches = $"wildcard({sql.Parameter(SqlValue.Of(wildcard.Pattern))}, {key})";
        if (star == 0 || MemberKey.Column(wildcard.Path) is null)
        {
            return $"({matches})";
        }

        // The text before the first star bounds a range of the index. Its end is the prefix with its last byte one higher; no byte of UTF-8 is 0xFF.
        var end = Encoding.UTF8.GetBytes(wildcard.Pattern[..star]);
        end[^1]++;
        var from = sql.Parameter(SqlValue.Of(wildcard.Pattern[..star]));
        return IsSet(wildcard.Path, $"{key} >= {from} AND {key} < {sql.Parameter(SqlValue.OfText(end))} AND {matches}");
    }

    private static string Join(IReadOnlyList<Filter> terms, string between, string none, SqlBuilder sql)
    {
        return terms.Count == 0 ? none : Balanced(0, terms.Count);

        // SQLite limits the depth of an expression to 1,000, and a chain of n terms is n deep: a balanced tree is not.
        string Balanced(int from, int count) =>
            count == 1
                ? Condition(terms[from], sql)
                : $"({Balanced(from, count / 2)}{between}{Balanced(from + (count / 2), count - (count / 2))})";
    }
}
