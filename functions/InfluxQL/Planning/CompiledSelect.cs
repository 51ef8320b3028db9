using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Planning;

/// <summary>A SELECT whose clauses have been checked and read, before its sources are known.</summary>
internal sealed record CompiledSelect
{
    /// <summary>The statement with folded fields and dimensions and no condition on time; "time" is no longer among the fields of an outermost one.</summary>
    public required SelectStatement Statement { get; init; }

    /// <summary>What its conditions on time say, and for windows without an end now().</summary>
    public required TimeRange Range { get; init; }

    /// <summary>The range within those of the SELECTs around it.</summary>
    public required TimeRange EffectiveRange { get; init; }

    public required long Interval { get; init; }

    public required long Offset { get; init; }

    /// <summary>What the column of times is called.</summary>
    public required string TimeName { get; init; }

    /// <summary>The inner SELECTs, in the order of the sources.</summary>
    public IReadOnlyList<CompiledSelect> Inner { get; init; } = [];

    public TimeZoneInfo? Zone => Statement.TimeZone is { } name ? TimeZones.Find(name) : null;
}
