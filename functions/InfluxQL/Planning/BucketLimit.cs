using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Planning;

/// <summary>Refuses GROUP BY time with more windows than allowed.</summary>
internal static class BucketLimit
{
    /// <exception cref="QueryException">"max-select-buckets limit exceeded: (n/limit)".</exception>
    public static void Check(BoundSelect select, int limit)
    {
        if (limit <= 0)
        {
            return;
        }

        Check(select, limit, select.Sources);
        foreach (var inner in select.Sources.OfType<SelectNames>())
        {
            Check(inner.Select, limit);
        }
    }

    private static void Check(BoundSelect select, int limit, IReadOnlyList<NameSource> sources)
    {
        var (interval, offset) = (select.Compiled.Interval, select.Compiled.Offset);
        var (start, end) = select.Compiled.EffectiveRange.ToNanoseconds();
        start = Math.Max(start, FirstTime(sources));
        if (interval <= 0 || start > end)
        {
            return;
        }

        var first = WindowOf(start, interval, offset);
        var last = WindowOf(end - 1, interval, offset);
        var buckets = last - first + 1;
        if (buckets > limit)
        {
            throw new QueryException($"max-select-buckets limit exceeded: ({buckets}/{limit})");
        }
    }

    /// <summary>Windows begin only where there are points: without a lower bound, the first point's time is it.</summary>
    private static long FirstTime(IReadOnlyList<NameSource> sources) =>
        sources
            .Select(source =>
                source switch
                {
                    MeasurementNames names => names
                        .Measurements.SelectMany(measurement => measurement.Series)
                        .Select(series => series.MinTime)
                        .DefaultIfEmpty(long.MaxValue)
                        .Min(),
                    SelectNames names => FirstTime(names.Select.Sources),
                    _ => long.MinValue,
                }
            )
            .DefaultIfEmpty(long.MaxValue)
            .Min();

    private static Int128 WindowOf(long time, long interval, long offset)
    {
        var (quotient, rest) = Int128.DivRem((Int128)time - offset, interval);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
