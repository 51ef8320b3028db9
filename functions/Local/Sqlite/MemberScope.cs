using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>Where the paths of a filter start: at the document, or at an element of an array in it.</summary>
/// <param name="Table">The alias of the rows of elements (json_each), or null at the document.</param>
/// <param name="Root">The SQL expression of the JSON path of the element; empty at the document.</param>
/// <param name="Depth">How many arrays deep.</param>
internal sealed record MemberScope(string? Table, string Root, int Depth)
{
    public static readonly MemberScope Document = new(null, "", 0);

    /// <summary>The scope of the elements of the array at a path.</summary>
    public MemberScope Below(string array) => new($"e{Depth}", $"({array} || '[' || e{Depth}.key || ']')", Depth + 1);

    /// <summary>The member's JSON path as an SQL expression.</summary>
    public string Path(MemberPath path, SqlBuilder sql)
    {
        var below = MemberKey.JsonPath(path);
        return Table is null ? sql.Shared(below)
            : path.Names.Count == 0 ? Root
            : $"({Root} || {sql.Shared(below[1..])})";
    }

    /// <summary>The column of the member's key where it has one.</summary>
    public string? Column(MemberPath path) => Table is null ? MemberKey.Column(path) : null;

    /// <summary>The key of a member as SQL: its column where it has one, else computed from the body.</summary>
    public string Key(MemberPath path, SqlBuilder sql) => Column(path) ?? $"({MemberKey.Expression(Path(path, sql))})";
}
