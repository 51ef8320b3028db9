using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Planning;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>Conditions on time of statements that look at series only: they are as exact as the real server's shards, so that a series is in a range if a shard with points of it is.</summary>
internal static class ShardTimes
{
    // Go counts from the year 1, and shards begin at multiples of their duration since then.
    private static readonly Int128 Origin = (Int128)(DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks * 100;

    public static bool Overlaps(SeriesInfo series, RetentionPolicy policy, TimeRange range)
    {
        var first = StartOf(series.MinTime, policy.ShardDuration);
        var end = StartOf(series.MaxTime, policy.ShardDuration) + policy.ShardDuration;
        return (range.Min is not { } min || min < end) && (range.Max is not { } max || max >= first);
    }

    private static Int128 StartOf(long time, long duration) => time - ((time - Origin) % duration);
}
