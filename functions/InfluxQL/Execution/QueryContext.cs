using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Execution;

/// <summary>What one statement runs with.</summary>
/// <param name="Tenant">The tenant, whose data is all that the statement can reach.</param>
/// <param name="Store">The series.</param>
/// <param name="Now">What now() is, in nanoseconds since 1970: the same for the whole statement.</param>
/// <param name="Limits">What protects the cloud.</param>
/// <param name="Meter">What the statement has used so far.</param>
public sealed record QueryContext(string Tenant, SeriesStore Store, long Now, QueryLimits Limits, QueryMeter Meter);

/// <summary>Bounds of one statement; 0 is no bound.</summary>
public sealed record QueryLimits
{
    /// <summary>Rows of an answer without chunks; what is beyond is cut off and the series says "partial".</summary>
    public int Rows { get; init; }

    /// <summary>Buckets of GROUP BY time: "max-select-buckets limit exceeded: (n/limit)".</summary>
    public int Buckets { get; init; }

    /// <summary>Series that are read: "max-select-series limit exceeded: (n/limit)".</summary>
    public int Series { get; init; }

    /// <summary>Points that are read: "max-select-point limit exceeed: (n/limit)" (the real server's spelling).</summary>
    public long Points { get; init; }

    /// <summary>Bytes that operators may hold at a time.</summary>
    public long Memory { get; init; }
}

/// <summary>Counts what a statement uses, and stops it at its limits. For any number of threads.</summary>
public sealed class QueryMeter(QueryLimits limits)
{
    private long points;
    private long bytes;
    private int series;

    public long PointsRead => Interlocked.Read(ref points);

    public int SeriesRead => Volatile.Read(ref series);

    /// <exception cref="QueryException">There are more than the limit.</exception>
    public void Read(int count)
    {
        var total = Interlocked.Add(ref points, count);
        if (limits.Points > 0 && total > limits.Points)
        {
            throw new QueryException($"max-select-point limit exceeed: ({total}/{limits.Points})");
        }
    }

    /// <summary>Says that more series are read.</summary>
    /// <exception cref="QueryException">There are more than the limit.</exception>
    public void ReadSeries(int count)
    {
        var total = Interlocked.Add(ref series, count);
        if (limits.Series > 0 && total > limits.Series)
        {
            throw new QueryException($"max-select-series limit exceeded: ({total}/{limits.Series})");
        }
    }

    /// <summary>Says that an operator holds more memory, or (negative) less.</summary>
    /// <exception cref="QueryException">It is more than the limit.</exception>
    public void Hold(long more)
    {
        var total = Interlocked.Add(ref bytes, more);
        if (more > 0 && limits.Memory > 0 && total > limits.Memory)
        {
            throw new QueryException($"max-select-memory limit exceeded: ({total}/{limits.Memory})");
        }
    }
}

/// <summary>A statement cannot be run; the message is the answer's "error", in the real server's words where it has them.</summary>
public sealed class QueryException(string message) : Exception(message);
