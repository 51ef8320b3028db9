using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Planning;

/// <summary>A SELECT that was checked, whose wildcards are expanded and whose names have types and sources: what execution needs.</summary>
public sealed record SelectPlan
{
    /// <summary>The statement with wildcards, regular expressions and DISTINCT rewritten, and a type on every name.</summary>
    public required SelectStatement Statement { get; init; }

    /// <summary>The names of the columns of a row, "time" (or its alias) first.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>What makes each column after the time: an expression over the slots, each a <see cref="VarRef"/> "val0", "val1"…, with the type of what comes out.</summary>
    public required IReadOnlyList<PlannedField> Fields { get; init; }

    /// <summary>The calls that the fields need, each once.</summary>
    public required IReadOnlyList<PlannedCall> Calls { get; init; }

    /// <summary>The fields and tags that the fields need besides, each once, in order of name and type.</summary>
    public required IReadOnlyList<PlannedRef> Refs { get; init; }

    public required IReadOnlyList<PlannedSource> Sources { get; init; }

    /// <summary>WHERE without its conditions on time, with a type on every name; null for none.</summary>
    public required Expr? Condition { get; init; }

    /// <summary>The windows, groups, order and limits of this SELECT alone: what an outer one adds is added where it runs.</summary>
    public required StageOptions Options { get; init; }

    /// <summary>There is one call, and it is a selector (first, last, min, max, percentile, top, bottom, sample): its rows have the times of points.</summary>
    public bool IsSelector { get; init; }

    /// <summary>INTO, with its database and retention policy filled in; null for none.</summary>
    public Target? Target { get; init; }
}

/// <summary>A column of a row.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expr">What makes it, over slots.</param>
/// <param name="Type">What comes out; null where nothing is known of it, and so nothing comes out.</param>
public sealed record PlannedField(string Name, Expr Expr, FieldType? Type)
{
    /// <summary>The name by which an outer SELECT finds the column: as <see cref="Name"/>, but without a number where several are called so; the first of them is meant.</summary>
    public string OuterName { get; init; } = Name;
}

/// <summary>A call that is not of a math function, and the slot of its value.</summary>
/// <param name="Slot">The name that stands for it in the fields.</param>
/// <param name="Call">The call; its first argument may be another call.</param>
/// <param name="Type">The type of its value; null where it is that of a field that no source has, and so it gives nothing, not even what fills.</param>
public sealed record PlannedCall(string Slot, Call Call, FieldType? Type);

/// <summary>A field or tag and the slot of its value.</summary>
/// <param name="Slot">The name that stands for it in the fields.</param>
/// <param name="Ref">The name with its type; <see cref="DataType.Unknown"/> where no source has it.</param>
public sealed record PlannedRef(string Slot, VarRef Ref);

/// <summary>What a SELECT reads.</summary>
public abstract record PlannedSource;

/// <summary>A measurement of a database and retention policy.</summary>
/// <param name="Partition">Where in the series store its points are: the "database" of <see cref="SeriesStore"/>.</param>
/// <param name="Name">The measurement.</param>
/// <param name="Series">All its series.</param>
public sealed record MeasurementSource(string Partition, string Name, IReadOnlyList<SeriesInfo> Series) : PlannedSource;

/// <summary>An inner SELECT.</summary>
public sealed record SubQuerySource(SelectPlan Plan) : PlannedSource;

/// <summary>Finds what a measurement of the language stands for.</summary>
public interface ISourceResolver
{
    /// <summary>The measurements that a source names: one, or for a regular expression any number, in order of name; those without series fall away.</summary>
    /// <param name="source">The source; its database and retention policy may be null for the request's.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="QueryException">There is no such database or retention policy.</exception>
    ValueTask<IReadOnlyList<MeasurementSource>> ResolveAsync(Measurement source, CancellationToken cancellation);
}
