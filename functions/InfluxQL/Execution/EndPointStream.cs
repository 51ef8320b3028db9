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
        var chosen = default(TimedValue?);
        foreach (var series in InOrderOfPromise())
        {
            cancellation.ThrowIfCancellationRequested();
            if (chosen is { } known && (last ? series.Series.MaxTime < known.Time : series.Series.MinTime > known.Time))
            {
                break;
            }

            if (await FindAsync(series, cancellation) is { } found && (chosen is not { } other || Replaces(found, other)))
            {
                chosen = found;
            }
        }

        if (chosen is not { } point)
        {
            return null;
        }

        var builder = new ColumnBuilder(read.Type, 1);
        builder.Add(point.Value);
        return new Batch(new[] { ownTime ? point.Time : read.WholeTime }, [builder.ToColumn()]);
    }

    private IEnumerable<SeriesRead> InOrderOfPromise() =>
        read.Series.Count == 1 ? read.Series
        : last ? read.Series.OrderByDescending(series => series.Series.MaxTime)
        : read.Series.OrderBy(series => series.Series.MinTime);

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

    /// <summary>The earlier or later; at one time the greater, but for first false before true.</summary>
    private bool Replaces(TimedValue found, TimedValue other) =>
        found.Time != other.Time ? (last ? found.Time > other.Time : found.Time < other.Time) : IsPreferred(found.Value, other.Value);

    private bool IsPreferred(FieldValue found, FieldValue other) =>
        read.Type switch
        {
            FieldType.Float => found.Float > other.Float,
            FieldType.Integer => found.Integer > other.Integer,
            FieldType.Boolean => found.Boolean == last && other.Boolean != last,
            _ => string.CompareOrdinal(found.Text, other.Text) > 0,
        };
}
