using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Ast;

/// <summary>A SHOW that takes no clause.</summary>
public enum ShowKind : byte
{
    Databases,
    Queries,
    ContinuousQueries,
    Subscriptions,
    Shards,
    ShardGroups,
    Users,
}

/// <summary>SHOW DATABASES, QUERIES and the others without clauses.</summary>
public sealed record ShowStatement(ShowKind Kind) : Statement;

public sealed record ShowGrantsStatement(string User) : Statement;

/// <summary>SHOW RETENTION POLICIES, of the named database or (null) the request's.</summary>
public sealed record ShowRetentionPoliciesStatement(string? Database) : Statement;

/// <summary>SHOW STATS, of one module or (null) of all.</summary>
public sealed record ShowStatsStatement(string? Module) : Statement;

/// <summary>SHOW DIAGNOSTICS, of one module or (null) of all.</summary>
public sealed record ShowDiagnosticsStatement(string? Module) : Statement;

/// <summary>SHOW MEASUREMENTS; the source is what WITH MEASUREMENT names.</summary>
public sealed record ShowMeasurementsStatement(string? Database, Measurement? Source, Expr? Condition, ValueList<SortField> Sort, Page Rows)
    : Statement;

public sealed record ShowSeriesStatement(string? Database, ValueList<Source> Sources, Expr? Condition, ValueList<SortField> Sort, Page Rows)
    : Statement;

public sealed record ShowTagKeysStatement(
    string? Database,
    ValueList<Source> Sources,
    Expr? Condition,
    ValueList<SortField> Sort,
    Page Rows,
    Page Series
) : Statement;

public sealed record ShowTagValuesStatement(
    string? Database,
    ValueList<Source> Sources,
    TagKeyFilter Keys,
    Expr? Condition,
    ValueList<SortField> Sort,
    Page Rows
) : Statement;

public sealed record ShowFieldKeysStatement(string? Database, ValueList<Source> Sources, ValueList<SortField> Sort, Page Rows) : Statement;

/// <summary>WITH KEY: = and != with a <see cref="StringLiteral"/>, =~ and !~ with a <see cref="RegexLiteral"/>, IN with a <see cref="ListLiteral"/>.</summary>
public sealed record TagKeyFilter(Token Operator, Literal Keys) : Node;

/// <summary>What a cardinality counts.</summary>
public enum CardinalityKind : byte
{
    Series,
    Measurement,
    TagKey,
    TagValues,
    FieldKey,
}

/// <summary>SHOW … [EXACT] CARDINALITY; the tag keys only with <see cref="CardinalityKind.TagValues"/>.</summary>
public sealed record ShowCardinalityStatement(CardinalityKind Kind, bool Exact) : Statement
{
    public string? Database { get; init; }

    public ValueList<Source> Sources { get; init; } = [];

    public TagKeyFilter? Keys { get; init; }

    public Expr? Condition { get; init; }

    public ValueList<Dimension> Dimensions { get; init; } = [];

    public Page Rows { get; init; }
}
