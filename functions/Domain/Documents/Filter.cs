using System.Text.Json.Nodes;

namespace Serverless.Domain.Documents;

/// <summary>How a member compares with a value.</summary>
public enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>What a document must satisfy. <see cref="FilterEvaluator"/> is its meaning; adapters translate it to their own query language.</summary>
public abstract record Filter
{
    public static Filter Eq(MemberPath path, JsonValue value) => new Compare(path, Comparison.Equal, value);

    public static Filter All(params IReadOnlyList<Filter> terms) => new And(terms);

    public static Filter Any(params IReadOnlyList<Filter> terms) => new Or(terms);

    /// <summary>The member is of the value's own type (number, string or boolean) and compares so. Strings compare by code point, numbers as float64, and
    /// false is less than true. A member that is absent, null or of another type never matches, <see cref="Comparison.NotEqual"/> included: use
    /// <see cref="Not"/> for the complement.</summary>
    public sealed record Compare(MemberPath Path, Comparison Operator, JsonValue Value) : Filter;

    /// <summary>The member is a string that the pattern matches whole: * stands for any run of characters, every other character for itself.</summary>
    /// <param name="Path">The member.</param>
    /// <param name="Pattern">The pattern.</param>
    /// <param name="IgnoreCase">Whether both are compared in lower case (invariant, character by character). Stores may differ in the few characters outside ASCII
    /// whose lower case is several characters.</param>
    public sealed record Wildcard(MemberPath Path, string Pattern, bool IgnoreCase = false) : Filter;

    /// <summary>The member is there, whatever its value, null included.</summary>
    public sealed record Has(MemberPath Path) : Filter;

    /// <summary>The member is there, and null.</summary>
    public sealed record Null(MemberPath Path) : Filter;

    /// <summary>The member is an array, and one of its elements satisfies the term. Within the term a path starts at the element; the path of no names is the element itself.</summary>
    public sealed record Element(MemberPath Path, Filter Term) : Filter;

    /// <summary>Every term matches; true for none.</summary>
    public sealed record And(IReadOnlyList<Filter> Terms) : Filter;

    /// <summary>A term matches; false for none.</summary>
    public sealed record Or(IReadOnlyList<Filter> Terms) : Filter;

    /// <summary>The term does not match.</summary>
    public sealed record Not(Filter Term) : Filter;
}
