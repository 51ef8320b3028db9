using System.Runtime.InteropServices;

namespace Serverless.InfluxQL.Planning;

/// <summary>Times from one to another, both within, in nanoseconds since 1970; null for no bound. Bounds may lie outside of 64 bits.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TimeRange(Int128? Min, Int128? Max)
{
    /// <summary>The least and the greatest time of the real server.</summary>
    public const long MinTime = long.MinValue + 2;
    public const long MaxTime = long.MaxValue - 1;

    /// <summary>What is in both.</summary>
    public TimeRange And(TimeRange other) =>
        new(
            Min is { } min && other.Min is { } otherMin ? Int128.Max(min, otherMin) : Min ?? other.Min,
            Max is { } max && other.Max is { } otherMax ? Int128.Min(max, otherMax) : Max ?? other.Max
        );

    /// <summary>The bounds as integers; those that do not fit wrap around, as in the real server.</summary>
    public (long Start, long End) ToNanoseconds() => (unchecked((long)(Min ?? MinTime)), unchecked((long)(Max ?? MaxTime)));
}
