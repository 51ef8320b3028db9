using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>
/// The index of devices by the names of their fragments (table fragments, kept by triggers), for queries that only those can match that have one. Without it a query for a rare
/// fragment reads every device.
/// </summary>
internal static class FragmentIndex
{
    private const string Parent = "fragments";

    /// <summary>The table and its triggers: a row for each fragment of a device. A change of a device that leaves the names as they are writes none.</summary>
    public const string Tables = $"""
        CREATE TABLE fragments (of_partition TEXT NOT NULL, fragment TEXT NOT NULL, of_id TEXT NOT NULL, PRIMARY KEY (of_partition, fragment, of_id)) WITHOUT ROWID;
        CREATE TRIGGER fragments_of_new AFTER INSERT ON documents WHEN new.kind = '{Kinds.Device}' BEGIN
          INSERT OR IGNORE INTO fragments SELECT new.partition, key, new.id FROM json_each(new.body, '$.{Parent}');
        END;
        CREATE TRIGGER fragments_of_changed AFTER UPDATE OF body ON documents WHEN new.kind = '{Kinds.Device}' AND
          (SELECT json_group_array(key) FROM json_each(new.body, '$.{Parent}')) <> (SELECT json_group_array(key) FROM json_each(old.body, '$.{Parent}'))
        BEGIN
          DELETE FROM fragments WHERE of_partition = old.partition AND of_id = old.id AND fragment IN (SELECT key FROM json_each(old.body, '$.{Parent}'));
          INSERT OR IGNORE INTO fragments SELECT new.partition, key, new.id FROM json_each(new.body, '$.{Parent}');
        END;
        CREATE TRIGGER fragments_of_old AFTER DELETE ON documents WHEN old.kind = '{Kinds.Device}' BEGIN
          DELETE FROM fragments WHERE of_partition = old.partition AND of_id = old.id AND fragment IN (SELECT key FROM json_each(old.body, '$.{Parent}'));
        END
        """;

    /// <summary>Fills the table of a file that had none.</summary>
    public const string Fill =
        $"INSERT OR IGNORE INTO fragments SELECT partition, key, documents.id FROM documents, json_each(body, '$.{Parent}') WHERE kind = '{Kinds.Device}'";

    /// <summary>The fragment by which the documents are found; null where another index, or none, is the better way.</summary>
    public static string? Find(DocumentQuery query)
    {
        var isOrderedByIndex = query.Order is [var first, ..] && MemberKey.Column(first.Path) is not null;
        return query.Kind != Kinds.Device || query.Filter is null || isOrderedByIndex || SearchesColumn(query.Filter)
            ? null
            : Implied(query.Filter);
    }

    private static bool SearchesColumn(Filter filter) =>
        filter switch
        {
            Filter.Compare { Operator: Comparison.Equal } compare => MemberKey.Column(compare.Path) is not null,
            Filter.Wildcard { IgnoreCase: false } wildcard => MemberKey.Column(wildcard.Path) is not null
                && wildcard.Pattern is not ['*', ..],
            Filter.And and => and.Terms.Any(SearchesColumn),
            _ => false,
        };

    /// <summary>A fragment that every document has which the filter matches, or null. Of several it is the last: queries say first that they want devices.</summary>
    private static string? Implied(Filter filter) =>
        filter switch
        {
            Filter.Compare compare => FragmentOf(compare.Path),
            Filter.Wildcard wildcard => FragmentOf(wildcard.Path),
            Filter.Has has => FragmentOf(has.Path),
            Filter.Null none => FragmentOf(none.Path),
            Filter.Element some => FragmentOf(some.Path),
            Filter.And and => and.Terms.Select(Implied).LastOrDefault(name => name is not null),
            Filter.Or { Terms.Count: > 0 } or => or.Terms.Select(Implied).Distinct().ToList() is [var name] ? name : null,
            _ => null,
        };

    private static string? FragmentOf(MemberPath path) => path.Names is [Parent, var name, ..] ? name : null;
}
