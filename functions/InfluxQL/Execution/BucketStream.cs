using System.Buffers;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Execution;

/// <summary>Aggregates the series of a group into windows, a slice of windows at a time, so that memory is bounded and a LIMIT ends early.</summary>
internal sealed class BucketStream(FieldRead read, Buckets buckets) : PointStream
{
    /// <summary>The most windows of a slice.</summary>
    private const int Most = 1 << 16;

    private readonly Windowing windows = new(read.Stage);
    private readonly bool ascending = read.Stage.Ascending;
    private readonly long low = Math.Max(read.Stage.Start, read.Series.Min(series => series.Series.MinTime));
    private readonly long high = Math.Min(read.Stage.End, read.Series.Max(series => series.Series.MaxTime));
    private int size = SizeOf(read.Stage);
    private long? next;
    private bool done;

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        if (next is null)
        {
            next = ascending ? low : high;
            done = low > high;
        }

        while (!done)
        {
            var edges = Edges(next.Value);
            var any = await FillAsync(edges, cancellation);
            Advance(edges);
            size = Math.Min(size * 4, Most);
            if (any)
            {
                return Emit(edges);
            }

            await SkipEmptyAsync(cancellation);
        }

        return null;
    }

    /// <summary>With LIMIT the first slice has about as many windows as rows are asked for.</summary>
    private static int SizeOf(StageOptions stage) =>
        stage.Rows.Limit == 0 ? Most : (int)Math.Clamp(stage.Rows.Limit + stage.Rows.Offset, 16, Most);

    /// <summary>The starts of the slice's windows, in ascending order, and the end of the last.</summary>
    private long[] Edges(long time)
    {
        if (windows.Interval == 0)
        {
            return [low, high == long.MaxValue ? high : high + 1];
        }

        var first = windows.At(time);
        var edges = new List<long>(Math.Min(size, 1024)) { ascending ? first.Start : first.End };
        for (var window = first; edges.Count <= size; window = windows.At(ascending ? window.End : window.Start - 1))
        {
            edges.Add(ascending ? window.End : window.Start);
            if (ascending ? window.End > high : window.Start <= low)
            {
                break;
            }
        }

        if (!ascending)
        {
            edges.Reverse();
        }

        return [.. edges];
    }

    private void Advance(long[] edges)
    {
        next = ascending ? edges[^1] : edges[0] - 1;
        done = ascending ? edges[^1] > high : edges[0] <= low;
    }

    private async ValueTask<bool> FillAsync(long[] edges, CancellationToken cancellation)
    {
        buckets.Begin(edges.Length - 1);
        var (from, last) = (Math.Max(edges[0], low), Math.Min(edges[^1] - 1, high));
        var any = false;
        foreach (var series in read.Series)
        {
            if (series.Series.MinTime > last || series.Series.MaxTime < from)
            {
                continue;
            }

            await foreach (var chunk in read.Range(series, from, last).Scan(read.Field, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                if (Types.CanCast(chunk.Type, read.Type))
                {
                    read.Query.Meter.Read(chunk.Count);
                    Add(chunk, edges);
                    any = true;
                }
            }
        }

        return any;
    }

    private void Add(ColumnChunk chunk, long[] edges)
    {
        var bucket = IndexOf(edges, chunk.MinTime);
        if (chunk.MaxTime < edges[bucket + 1] && chunk.Type == read.Type && buckets.TryAdd(bucket, chunk))
        {
            return;
        }

        if (!buckets.NeedsValues)
        {
            Add(chunk, edges, bucket, Column.Nothing(read.Type, 0));
        }
        else if (chunk.Type == FieldType.Float && read.Type == FieldType.Float)
        {
            var buffer = ArrayPool<double>.Shared.Rent(ColumnChunk.MostDecoded);
            Add(chunk, edges, bucket, Column.Of(chunk.ReadFloats(buffer)));
            ArrayPool<double>.Shared.Return(buffer);
        }
        else if (chunk.Type == FieldType.Integer && read.Type == FieldType.Integer)
        {
            var buffer = ArrayPool<long>.Shared.Rent(ColumnChunk.MostDecoded);
            Add(chunk, edges, bucket, Column.Of(chunk.ReadIntegers(buffer)));
            ArrayPool<long>.Shared.Return(buffer);
        }
        else
        {
            Add(chunk, edges, bucket, Types.Cast(FieldCursor.ColumnOf(chunk), read.Type));
        }
    }

    private void Add(ColumnChunk chunk, long[] edges, int bucket, Column column)
    {
        if (chunk.Step is { } step)
        {
            AddRegular(chunk, step, edges, bucket, column);
            return;
        }

        var times = chunk.Times.Span;
        var length = 1;
        for (var at = 0; at < times.Length; at += length)
        {
            bucket = Find(edges, bucket, times[at]);
            length = Batches.EndOf(times, at, new TimeWindow(edges[bucket], edges[bucket + 1]), ascending: true, length) - at;
            buckets.Add(bucket, times[at], times[at + length - 1], column, at, length);
        }
    }

    /// <summary>Points at equal distances: a division tells how many are in a window, and their times need not be there.</summary>
    private void AddRegular(ColumnChunk chunk, long step, long[] edges, int bucket, Column column)
    {
        var time = chunk.MinTime;
        for (var at = 0; at < chunk.Count; )
        {
            bucket = Find(edges, bucket, time);
            var room = (ulong)(edges[bucket + 1] - 1 - time) / (ulong)step;
            var length = (int)Math.Min(room + 1, (ulong)(chunk.Count - at));
            buckets.Add(bucket, time, time + ((length - 1) * step), column, at, length);
            at += length;
            time += length * step;
        }
    }

    /// <summary>The bucket of a time that is not before those of a bucket.</summary>
    private static int Find(long[] edges, int bucket, long time) =>
        time < edges[bucket + 1] ? bucket
        : bucket + 2 < edges.Length && time < edges[bucket + 2] ? bucket + 1
        : IndexOf(edges, time);

    private static int IndexOf(long[] edges, long time)
    {
        var at = Array.BinarySearch(edges, time);
        return at >= 0 ? at : ~at - 1;
    }

    /// <summary>After a slice without points: to where the next are, however far.</summary>
    private async ValueTask SkipEmptyAsync(CancellationToken cancellation)
    {
        if (done)
        {
            return;
        }

        var nearest = default(long?);
        foreach (var series in read.Series)
        {
            var range = ascending ? read.Range(series, next!.Value, high) : read.Range(series, low, next!.Value, ascending: false);
            await foreach (var chunk in range.Scan(read.Field, cancellation))
            {
                var time = ascending ? chunk.MinTime : chunk.MaxTime;
                nearest = nearest is not { } known || (ascending ? time < known : time > known) ? time : known;
                break;
            }
        }

        (next, done) = (nearest ?? next, nearest is null);
    }

    private Batch Emit(long[] edges)
    {
        var counts = buckets.Counts;
        var filled = counts.Length - counts.Count(0);
        var times = new long[filled];
        var values = new ColumnBuilder(buckets.Output, filled);
        for (int i = 0, at = 0; i < counts.Length; i++)
        {
            var bucket = ascending ? i : counts.Length - 1 - i;
            if (counts[bucket] > 0)
            {
                times[at++] = windows.Interval == 0 ? read.WholeTime : Windowing.TimeOf(edges[bucket]);
                buckets.Write(bucket, values);
            }
        }

        return new Batch(times, [values.ToColumn()]);
    }
}
