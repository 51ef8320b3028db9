namespace Serverless.Domain.Documents;

/// <summary>A question to one partition and kind.</summary>
/// <param name="Partition">The partition asked.</param>
/// <param name="Kind">The kind asked.</param>
/// <param name="Filter">What a document must satisfy, or null for all.</param>
/// <param name="Order">Members to order by, first first; then always by id, ascending. A document without the member sorts before all others.</param>
/// <param name="Limit">The most items of a page, 1 to 2,000.</param>
/// <param name="Cursor">Where the page starts: the previous page's cursor, or null for the beginning. A cursor goes with the same filter and order.</param>
public sealed record DocumentQuery(
    string Partition,
    string Kind,
    Filter? Filter = null,
    IReadOnlyList<Ordering>? Order = null,
    int Limit = 100,
    string? Cursor = null
);

/// <summary>A member to order by. Null or absent, then false, true, then numbers, then strings (by code point), then arrays and objects as equals.
/// A kind that is ordered by its member id has the document's own id there: stores order by either.</summary>
public readonly record struct Ordering(MemberPath Path, bool Descending = false);

/// <summary>A path of member names into a document, such as position.lat; member names are exact and may hold any character.</summary>
public sealed class MemberPath(params IReadOnlyList<string> names) : IEquatable<MemberPath>
{
    /// <summary>The member names from the document's root down.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    public static implicit operator MemberPath(string dotted) => FromString(dotted);

    /// <summary>Reads a dotted path; use the constructor for names that hold a dot.</summary>
    public static MemberPath FromString(string dotted) => new(dotted.Split('.'));

    public bool Equals(MemberPath? other) => other is not null && Names.SequenceEqual(other.Names, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as MemberPath);

    public override int GetHashCode() => Names.Aggregate(17, (hash, name) => HashCode.Combine(hash, name));

    public override string ToString() => string.Join('.', Names);
}
