using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Execution;

/// <summary>first and last of the whole range: one chunk of each series, and of a series none that cannot have it.</summary>
internal sealed class EndPointStream(FieldRead read, bool last, bool ownTime) : PointStream
{
    private bool done;

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        if (done)
        {
            return null;
        }

        done = true;
        var found = new TimedValue?[read.Series.Count];
        var skipped = new List<int>();
        var best = default(long?);
        foreach (var i in InOrderOfPromise())
        {
            cancellation.ThrowIfCancellationRequested();
            var series = read.Series[i];
            if (best is { } known && (last ? series.Series.MaxTime < known : series.Series.MinTime > known))
            {
                skipped.Add(i);
                continue;
            }

            found[i] = await FindAsync(series, cancellation);
            if (found[i] is { } point && (best is not { } other || IsBefore(point.Time, other)))
            {
                best = point.Time;
            }
        }

        if (best is not { } time)
        {
            return null;
        }

        if (found.Count(point => point?.Time == time) == 1)
        {
            return ToBatch(Array.Find(found, point => point?.Time == time)!.Value);
        }

        foreach (var i in skipped)
        {
            found[i] = await FindAsync(read.Series[i], cancellation);
        }

        return ToBatch(OfEqual([.. found.OfType<TimedValue>()]));
    }

    private Batch ToBatch(TimedValue point)
    {
        var builder = new ColumnBuilder(read.Type, 1);
        builder.Add(point.Value);
        return new Batch(new[] { ownTime ? point.Time : read.WholeTime }, [builder.ToColumn()]);
    }

    /// <summary>The real server merges the series, and of the first two points takes the better: of several at one time it depends on its heap which these are.</summary>
    private TimedValue OfEqual(TimedValue[] points)
    {
        var heap = new BinaryHeap<TimedValue>((x, y) => IsBefore(x.Time, y.Time));
        heap.Begin(points);
        var (first, second) = (heap.Pop(), heap.Top);
        return second.Time == first.Time && IsPreferred(second.Value, first.Value) ? second : first;
    }

    private bool IsBefore(long time, long other) => last ? time > other : time < other;

    private IEnumerable<int> InOrderOfPromise()
    {
        var all = Enumerable.Range(0, read.Series.Count);
        return read.Series.Count == 1 ? all
            : last ? all.OrderByDescending(i => read.Series[i].Series.MaxTime)
            : all.OrderBy(i => read.Series[i].Series.MinTime);
    }

    private async ValueTask<TimedValue?> FindAsync(SeriesRead series, CancellationToken cancellation)
    {
        if (last && series.Series.MaxTime <= read.Stage.End && series.Series.Fields.Count(field => field.Name == read.Field) == 1)
        {
            var found = await read.Query.Store.LastAsync(series.Series, read.Field, cancellation);
            read.Query.Meter.Read(1);
            return found is { } value && value.Time >= read.Stage.Start ? value with { Value = Cast(value.Value) } : null;
        }

        await foreach (var chunk in read.Range(series, ascending: !last).Scan(read.Field, cancellation))
        {
            if (Types.CanCast(chunk.Type, read.Type))
            {
                read.Query.Meter.Read(chunk.Count);
                return last ? new TimedValue(chunk.MaxTime, Cast(LastOf(chunk))) : new TimedValue(chunk.MinTime, Cast(FirstOf(chunk)));
            }
        }

        return null;
    }

    private static FieldValue LastOf(ColumnChunk chunk) => chunk.Statistics?.Last ?? chunk.ValueAt(chunk.Count - 1);

    private static FieldValue FirstOf(ColumnChunk chunk) => chunk.Statistics?.First ?? chunk.ValueAt(0);

    private FieldValue Cast(FieldValue value) =>
        value.Type == read.Type ? value
        : read.Type == FieldType.Float ? FieldValue.Of((double)value.Integer)
        : FieldValue.Of(Types.ToInteger(value.Float));

    /// <summary>Of two points at one time the greater; but for first false before true.</summary>
    private bool IsPreferred(FieldValue found, FieldValue other) =>
        read.Type switch
        {
            FieldType.Float => found.Float > other.Float,
            FieldType.Integer => found.Integer > other.Integer,
            FieldType.Boolean => found.Boolean == last && other.Boolean != last,
            _ => string.CompareOrdinal(found.Text, other.Text) > 0,
        };
}
