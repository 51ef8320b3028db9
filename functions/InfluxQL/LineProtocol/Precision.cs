namespace Serverless.InfluxQL.LineProtocol;

/// <summary>The units of timestamps: n, u, ms, s, m, h; any other word is nanoseconds, as in the real server.</summary>
internal static class Precision
{
    public const long MinTime = long.MinValue + 2;
    public const long MaxTime = long.MaxValue - 1;

    public static long Nanoseconds(string precision) =>
        precision switch
        {
            "u" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 1,
        };

    /// <summary>The timestamp in nanoseconds; false if it is outside of what can be stored.</summary>
    public static bool TryScale(long timestamp, long unit, out long nanoseconds)
    {
        var product = Math.BigMul(timestamp, unit);
        nanoseconds = (long)product;
        return product >= MinTime && product <= MaxTime;
    }
}
