using System.Numerics;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Functions;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Execution;

/// <summary>One aggregate for each of a slice of windows. Points come in any order of series, those of one series in order of time.</summary>
internal abstract class Buckets
{
    private int[] counts = [];

    /// <summary>How many points are in each bucket.</summary>
    public ReadOnlySpan<int> Counts => counts;

    /// <param name="function">The aggregate.</param>
    /// <param name="type">The type of the values.</param>
    /// <param name="ascending">The order of the query, in which floats are added.</param>
    public static Buckets Of(string function, FieldType type, bool ascending) =>
        function == "count" ? new CountBuckets()
        : type == FieldType.Float ? OfNumbers<double>(function, ascending)
        : OfNumbers<long>(function, ascending);

    /// <summary>Whether points are taken by their times alone.</summary>
    public virtual bool NeedsValues => true;

    /// <summary>Begins a slice of so many empty buckets.</summary>
    public virtual void Begin(int count)
    {
        if (counts.Length == count)
        {
            Array.Clear(counts);
        }
        else
        {
            counts = new int[count];
        }
    }

    /// <summary>Takes a chunk that is wholly in one bucket by its statistics.</summary>
    /// <returns>False where they do not tell it.</returns>
    public bool TryAdd(int bucket, ColumnChunk chunk)
    {
        if (NeedsValues && chunk.Statistics is null)
        {
            return false;
        }

        if (chunk.Statistics is { } statistics)
        {
            Add(bucket, chunk, statistics);
        }

        counts[bucket] += chunk.Count;
        return true;
    }

    /// <summary>Takes points that are in one bucket.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="first">The time of the first of them.</param>
    /// <param name="last">The time of the last.</param>
    /// <param name="column">Values, theirs among them.</param>
    /// <param name="start">The position of their first value.</param>
    /// <param name="count">How many they are.</param>
    public void Add(int bucket, long first, long last, Column column, int start, int count)
    {
        if (NeedsValues)
        {
            AddValues(bucket, first, last, column, start, count);
        }

        counts[bucket] += count;
    }

    /// <summary>Adds the value of a bucket that has points.</summary>
    public abstract void Write(int bucket, ColumnBuilder output);

    /// <summary>The type of what comes out.</summary>
    public abstract FieldType Output { get; }

    protected abstract void Add(int bucket, ColumnChunk chunk, BlockStatistics statistics);

    protected abstract void AddValues(int bucket, long first, long last, Column column, int start, int count);

    private static Buckets OfNumbers<T>(string function, bool ascending)
        where T : unmanaged, INumber<T> =>
        function switch
        {
            "sum" => new SumBuckets<T>(mean: false, ascending),
            "mean" => new SumBuckets<T>(mean: true, ascending),
            "min" => new ExtremeBuckets<T>(least: true, greatest: false),
            "max" => new ExtremeBuckets<T>(least: false, greatest: true),
            "spread" => new ExtremeBuckets<T>(least: true, greatest: true),
            "first" => new EndBuckets<T>(isLast: false),
            _ => new EndBuckets<T>(isLast: true),
        };
}

/// <summary>count: the counts are all there is.</summary>
internal sealed class CountBuckets : Buckets
{
    public override bool NeedsValues => false;

    public override FieldType Output => FieldType.Integer;

    public override void Write(int bucket, ColumnBuilder output) => output.Add((long)Counts[bucket]);

    protected override void Add(int bucket, ColumnChunk chunk, BlockStatistics statistics) { }

    protected override void AddValues(int bucket, long first, long last, Column column, int start, int count) { }
}

/// <summary>What the aggregates of numbers have in common: how they read and write them.</summary>
internal abstract class NumberBuckets<T> : Buckets
    where T : unmanaged, INumber<T>
{
    public override FieldType Output => typeof(T) == typeof(double) ? FieldType.Float : FieldType.Integer;

    protected static ReadOnlySpan<T> Read(Column column) =>
        typeof(T) == typeof(double)
            ? System.Runtime.InteropServices.MemoryMarshal.Cast<double, T>(column.Floats)
            : System.Runtime.InteropServices.MemoryMarshal.Cast<long, T>(column.Integers);

    protected static T Read(FieldValue value) =>
        typeof(T) == typeof(double) ? T.CreateTruncating(value.Float) : T.CreateTruncating(value.Integer);

    protected static void Write(T value, ColumnBuilder output)
    {
        if (typeof(T) == typeof(double))
        {
            output.Add(double.CreateTruncating(value));
        }
        else
        {
            output.Add(long.CreateTruncating(value));
        }
    }

    /// <summary>An array of so many, cleared.</summary>
    protected static void Renew<TItem>(ref TItem[] items, int count)
    {
        if (items.Length == count)
        {
            Array.Clear(items);
        }
        else
        {
            items = new TItem[count];
        }
    }
}

/// <summary>sum, and mean, which of integers is a float.</summary>
internal sealed class SumBuckets<T>(bool mean, bool ascending) : NumberBuckets<T>
    where T : unmanaged, INumber<T>
{
    private T[] sums = [];

    public override FieldType Output => mean ? FieldType.Float : base.Output;

    public override void Begin(int count)
    {
        base.Begin(count);
        Renew(ref sums, count);
    }

    public override void Write(int bucket, ColumnBuilder output)
    {
        if (mean)
        {
            output.Add(Mean(sums[bucket], Counts[bucket]));
        }
        else
        {
            Write(sums[bucket], output);
        }
    }

    protected override void Add(int bucket, ColumnChunk chunk, BlockStatistics statistics) =>
        sums[bucket] += Weigh(Read(statistics.Sum), chunk.Count);

    /// <summary>The real server carries means and counts from stage to stage, and rounds at each: so a series' sum is its mean times its count.</summary>
    private T Weigh(T sum, int count) =>
        mean && count > 1 && typeof(T) == typeof(double) ? sum / T.CreateTruncating(count) * T.CreateTruncating(count) : sum;

    private static double Mean(T sum, int count)
    {
        var value = double.CreateTruncating(sum) / count;
        return count > 1 ? value * count / count : value;
    }

    protected override void AddValues(int bucket, long first, long last, Column column, int start, int count) =>
        sums[bucket] += Weigh(Spans.Sum(Read(column).Slice(start, count), !ascending), count);
}

/// <summary>min, max, or the spread between them.</summary>
internal sealed class ExtremeBuckets<T>(bool least, bool greatest) : NumberBuckets<T>
    where T : unmanaged, INumber<T>
{
    private T[] lows = [];
    private T[] highs = [];

    public override void Begin(int count)
    {
        base.Begin(count);
        Renew(ref lows, least ? count : 0);
        Renew(ref highs, greatest ? count : 0);
    }

    public override void Write(int bucket, ColumnBuilder output) =>
        Write(
            least && greatest ? highs[bucket] - lows[bucket]
                : least ? lows[bucket]
                : highs[bucket],
            output
        );

    protected override void Add(int bucket, ColumnChunk chunk, BlockStatistics statistics) =>
        Add(bucket, Read(statistics.Min), Read(statistics.Max));

    protected override void AddValues(int bucket, long first, long last, Column column, int start, int count)
    {
        var values = Read(column).Slice(start, count);
        Add(bucket, least ? Extremes.Least(values[0], values) : default, greatest ? Extremes.Greatest(values[0], values) : default);
    }

    private void Add(int bucket, T min, T max)
    {
        var any = Counts[bucket] > 0;
        if (least && (!any || min < lows[bucket]))
        {
            lows[bucket] = min;
        }

        if (greatest && (!any || max > highs[bucket]))
        {
            highs[bucket] = max;
        }
    }
}

/// <summary>first or last: of several series the earlier or later, at one time the greater.</summary>
internal sealed class EndBuckets<T>(bool isLast) : NumberBuckets<T>
    where T : unmanaged, INumber<T>
{
    private long[] times = [];
    private T[] values = [];

    public override void Begin(int count)
    {
        base.Begin(count);
        Renew(ref times, count);
        Renew(ref values, count);
    }

    public override void Write(int bucket, ColumnBuilder output) => Write(values[bucket], output);

    protected override void Add(int bucket, ColumnChunk chunk, BlockStatistics statistics)
    {
        if (isLast)
        {
            Add(bucket, chunk.MaxTime, Read(statistics.Last));
        }
        else
        {
            Add(bucket, chunk.MinTime, Read(statistics.First));
        }
    }

    protected override void AddValues(int bucket, long first, long last, Column column, int start, int count)
    {
        if (isLast)
        {
            Add(bucket, last, Read(column)[start + count - 1]);
        }
        else
        {
            Add(bucket, first, Read(column)[start]);
        }
    }

    private void Add(int bucket, long time, T value)
    {
        var known = times[bucket];
        if (Counts[bucket] == 0 || (isLast ? time > known : time < known) || (time == known && value > values[bucket]))
        {
            (times[bucket], values[bucket]) = (time, value);
        }
    }
}
