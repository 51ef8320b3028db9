using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>Queries as SQL. A page starts after the keys of the last one's end (keyset pagination), so that a deep page costs what the first does.</summary>
internal static class DocumentSql
{
    private const string Id = "id";
    private const string IdOfFragment = "of_id";

    /// <summary>The columns before the order's keys: id, etag, body.</summary>
    public const int FirstKey = 3;

    public static SqlBuilder Count(DocumentQuery query, long now)
    {
        var sql = new SqlBuilder();
        return sql.Append("SELECT count(*)").Append(From(query, FragmentIndex.Find(query), now, sql));
    }

    /// <summary>The statement of a page and one document more, by which the next page is known to be there.</summary>
    /// <exception cref="ArgumentException">The cursor is none.</exception>
    public static SqlBuilder Page(DocumentQuery query, long now)
    {
        var sql = new SqlBuilder();
        var order = query.Order ?? [];
        var fragment = FragmentIndex.Find(query);
        var id = fragment is null ? Id : IdOfFragment;
        var keys = order.Select(by => IsId(by.Path) ? id : FilterSql.Key(by.Path, sql)).Append(id).ToList();
        var directions = order.Select(by => by.Descending).Append(false).ToList();

        sql.Append("SELECT id, etag, body").Append(string.Concat(keys.SkipLast(1).Select(key => $", {key}")));
        sql.Append(From(query, fragment, now, sql));
        if (query.Cursor is { } cursor)
        {
            var values = PageCursor.Read(order, cursor).Select(sql.Parameter).ToList();
            sql.Append(" AND ").Append(After(keys, directions, values, 0));
        }

        // Behind the id nothing is left to order.
        var terms = keys.Zip(directions, (key, descending) => descending ? $"{key} DESC" : key).Take(keys.IndexOf(id) + 1);
        sql.Append(" ORDER BY ").Append(string.Join(", ", terms));
        return sql.Append($" LIMIT {sql.Parameter(SqlValue.Of(query.Limit + 1L))}");
    }

    /// <summary>Whether a path is the member id, which is the document's own (<see cref="Ordering"/>).</summary>
    private static bool IsId(MemberPath path) => path.Names is [Id];

    /// <summary>Where the documents come from, and what they must satisfy.</summary>
    private static string From(DocumentQuery query, string? fragment, long now, SqlBuilder sql)
    {
        var partition = sql.Parameter(SqlValue.Of(query.Partition));
        var kind = sql.Parameter(SqlValue.Of(query.Kind));
        var live = $"(expires IS NULL OR expires > {sql.Parameter(SqlValue.Of(now))})";
        var filter = query.Filter is null ? "" : $" AND {FilterSql.Condition(query.Filter, sql)}";
        var conditions = $"partition = {partition} AND kind = {kind}{filter} AND {live}";
        if (fragment is null)
        {
            return $" FROM documents WHERE {conditions}";
        }

        // CROSS JOIN keeps SQLite to the order that is written.
        var name = sql.Parameter(SqlValue.Of(fragment));
        return $" FROM fragments CROSS JOIN documents ON id = {IdOfFragment} WHERE of_partition = {partition} AND fragment = {name} AND {conditions}";
    }

    /// <summary>Behind the values in lexicographic order. The first term of the AND bounds a range of an index; the second is exact.</summary>
    private static string After(List<string> keys, List<bool> directions, List<string> values, int at)
    {
        var beyond = directions[at] ? "<" : ">";
        var exact = $"{keys[at]} {beyond} {values[at]}";
        return keys[at] is Id or IdOfFragment
            ? exact
            : $"({keys[at]} {beyond}= {values[at]} AND ({exact} OR {After(keys, directions, values, at + 1)}))";
    }
}
