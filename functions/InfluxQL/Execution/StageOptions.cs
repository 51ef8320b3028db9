using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Execution;

/// <summary>How the points of one SELECT are grouped, windowed, ordered and limited. An inner SELECT has its own, made from its own clauses and the outer's.</summary>
public sealed record StageOptions
{
    /// <summary>GROUP BY time(…): nanoseconds of a window; 0 for none.</summary>
    public long Interval { get; init; }

    /// <summary>The offset of the windows in nanoseconds.</summary>
    public long Offset { get; init; }

    /// <summary>tz(); null for UTC.</summary>
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>The tags that the outermost SELECT groups by, in ordinal order: groups come in the order of these.</summary>
    public string[] Dimensions { get; init; } = [];

    /// <summary>The tags that this SELECT and those around it group by, in ordinal order: points are aggregated by these.</summary>
    public string[] GroupBy { get; init; } = [];

    /// <summary>The first and the last time, both within, in nanoseconds since 1970.</summary>
    public long Start { get; init; } = long.MinValue;

    public long End { get; init; } = long.MaxValue;

    public Fill Fill { get; init; } = Fill.Default;

    public bool Ascending { get; init; } = true;

    public Page Rows { get; init; }

    public Page Series { get; init; }
}
