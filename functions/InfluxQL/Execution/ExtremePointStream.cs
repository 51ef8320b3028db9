using Serverless.Domain.Series;
using Serverless.InfluxQL.Functions;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Execution;

/// <summary>min and max of the whole range with their times: only chunks are decoded whose statistics say that they may have it.</summary>
internal sealed class ExtremePointStream(FieldRead read, bool greatest) : PointStream
{
    private TimedValue? chosen;
    private bool done;

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        if (done)
        {
            return null;
        }

        done = true;
        foreach (var series in read.Series)
        {
            await foreach (var chunk in read.Range(series).Scan(read.Field, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                if (Types.CanCast(chunk.Type, read.Type))
                {
                    read.Query.Meter.Read(chunk.Count);
                    Add(chunk);
                }
            }
        }

        if (chosen is not { } point)
        {
            return null;
        }

        var builder = new ColumnBuilder(read.Type, 1);
        builder.Add(point.Value);
        return new Batch(new[] { point.Time }, [builder.ToColumn()]);
    }

    private void Add(ColumnChunk chunk)
    {
        if (chunk.Type == read.Type && chunk.Statistics is { } statistics && chosen is not null)
        {
            var best = greatest ? statistics.Max : statistics.Min;
            if (!Replaces(new TimedValue(chunk.MinTime, best)))
            {
                return;
            }
        }

        var column = Types.Cast(FieldCursor.ColumnOf(chunk), read.Type);
        var at = read.Type == FieldType.Float ? IndexOf(column.Floats, greatest) : IndexOf(column.Integers, greatest);
        var found = new TimedValue(chunk.Times.Span[at], column[at]);
        chosen = chosen is null || Replaces(found) ? found : chosen;
    }

    /// <summary>Whether a point is better: by its value, or earlier with the same.</summary>
    private bool Replaces(TimedValue found)
    {
        var other = chosen!.Value;
        var order =
            read.Type == FieldType.Float
                ? found.Value.Float.CompareTo(other.Value.Float)
                : found.Value.Integer.CompareTo(other.Value.Integer);
        return order == 0 ? found.Time < other.Time : (order > 0) == greatest;
    }

    private static int IndexOf<T>(ReadOnlySpan<T> values, bool greatest)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var best = greatest ? Extremes.Greatest(values[0], values) : Extremes.Least(values[0], values);
        return values.IndexOf(best);
    }
}
