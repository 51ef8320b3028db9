using System.Runtime.InteropServices;

namespace Serverless.InfluxQL.Ast;

/// <summary>A selected expression with its alias.</summary>
public sealed record Field(Expr Expr, string? Alias = null) : Node;

/// <summary>One expression of GROUP BY: a tag, <c>time(…)</c>, an asterisk or a regular expression.</summary>
public sealed record Dimension(Expr Expr) : Node;

/// <summary>One ORDER BY; the language allows time only. The name is null in <c>ORDER BY DESC</c>.</summary>
public sealed record SortField(string? Name, bool Ascending) : Node;

/// <summary>What stands in buckets without points.</summary>
public enum FillOption : byte
{
    Null,
    None,
    Number,
    Previous,
    Linear,
}

/// <summary>The fill clause; the value, an <see cref="IntegerLiteral"/> or a <see cref="NumberLiteral"/> with a fraction, only with <see cref="FillOption.Number"/>.</summary>
public sealed record Fill(FillOption Option, Literal? Value = null) : Node
{
    public static readonly Fill Default = new(FillOption.Null);
}

/// <summary>How many rows at most (0 for all) and how many are skipped before them.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Page(long Limit, long Offset);

/// <summary>SELECT.</summary>
public sealed record SelectStatement : Statement
{
    public required ValueList<Field> Fields { get; init; }

    /// <summary>INTO, or null.</summary>
    public Target? Target { get; init; }

    public required ValueList<Source> Sources { get; init; }

    /// <summary>WHERE, or null.</summary>
    public Expr? Condition { get; init; }

    public ValueList<Dimension> Dimensions { get; init; } = [];

    public Fill Fill { get; init; } = Fill.Default;

    public ValueList<SortField> Sort { get; init; } = [];

    /// <summary>LIMIT and OFFSET.</summary>
    public Page Rows { get; init; }

    /// <summary>SLIMIT and SOFFSET.</summary>
    public Page Series { get; init; }

    /// <summary>The name in tz(), known to exist; null for UTC. <see cref="Values.TimeZones"/> finds it.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Oldest first, unless ORDER BY says otherwise.</summary>
    public bool IsAscending => Sort.Count == 0 || Sort[0].Ascending;

    /// <summary>No function is called in the fields.</summary>
    public bool IsRaw => !Fields.Any(selected => selected.Expr.Walk().Any(expr => expr is Call));
}

/// <summary>EXPLAIN, and with ANALYZE what running it took.</summary>
public sealed record ExplainStatement(SelectStatement Statement, bool Analyze) : Statement;
