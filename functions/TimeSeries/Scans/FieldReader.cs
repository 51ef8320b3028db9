using System.Runtime.CompilerServices;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Partitions;
using Serverless.TimeSeries.Rows;

namespace Serverless.TimeSeries.Scans;

/// <summary>Reads fields of a partition that is up to date, and starts again where a compaction elsewhere has taken a row away.</summary>
internal sealed class FieldReader(RowReader reader)
{
    private const int Attempts = 4;

    /// <inheritdoc cref="SeriesStore.ScanAsync(string, string, string, Domain.Series.TagSet, string, long, long, bool, CancellationToken)"/>
    public async IAsyncEnumerable<ColumnChunk> ScanAsync(
        Partition partition,
        SeriesKey series,
        string field,
        long from,
        long last,
        bool descending,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var view = partition.View(series, field, from, last);
            var scanner = new FieldScanner(reader, partition.Id, series, field, view);
            var gone = false;
            await foreach (var (chunk, reached, isGone) in scanner.ScanAsync(from, last, descending, attempt == Attempts, cancellation))
            {
                if (isGone)
                {
                    gone = true;
                    break;
                }

                if (chunk is not null)
                {
                    yield return chunk;
                }

                if (reached == (descending ? from : last))
                {
                    yield break;
                }

                (from, last) = descending ? (from, reached - 1) : (reached + 1, last);
            }

            if (!gone)
            {
                yield break;
            }

            await partition.RefreshAsync(everything: true, cancellation);
        }
    }

    public async ValueTask<TimedValue?> LastAsync(Partition partition, SeriesKey series, string field, CancellationToken cancellation)
    {
        var (live, sealedUntil) = partition.Last(series, field);
        if (live is { } value && value.Time > sealedUntil)
        {
            return live;
        }

        if (live is null && sealedUntil is null)
        {
            return null;
        }

        // Where the newest point was deleted between the two looks, an older one is the last.
        var from = live?.Time ?? long.MinValue;
        var last = await LastAsync(partition, series, field, from, cancellation);
        return last is null && from > long.MinValue ? await LastAsync(partition, series, field, long.MinValue, cancellation) : last;
    }

    /// <summary>The last point that is not after a time, of all series that have a field's tags.</summary>
    /// <param name="partitions">Where they may be, each up to date.</param>
    /// <param name="field">The field.</param>
    /// <param name="until">The last time.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public async ValueTask<TimedValue?> LastOfAllAsync(
        IReadOnlyList<Partition> partitions,
        SeriesField field,
        long until,
        CancellationToken cancellation
    )
    {
        var (key, last) = (new SeriesKey(field.Measurement, field.Tags), (TimedValue?)null);
        foreach (var partition in partitions)
        {
            foreach (var series in partition.FindWider(key).Prepend(key))
            {
                if (
                    await LastUntilAsync(partition, series, field.Field, until, cancellation) is { } found
                    && found.Time >= (last?.Time ?? found.Time)
                )
                {
                    last = found;
                }
            }
        }

        return last;
    }

    /// <summary>The last point that is not after a time: without a scan where nothing is.</summary>
    private async ValueTask<TimedValue?> LastUntilAsync(
        Partition partition,
        SeriesKey series,
        string field,
        long until,
        CancellationToken cancellation
    )
    {
        var last = await LastAsync(partition, series, field, cancellation);
        return last is { } found && found.Time > until
            ? await LastAsync(partition, series, field, long.MinValue, cancellation, until)
            : last;
    }

    private async ValueTask<TimedValue?> LastAsync(
        Partition partition,
        SeriesKey series,
        string field,
        long from,
        CancellationToken cancellation,
        long until = long.MaxValue
    )
    {
        await foreach (var chunk in ScanAsync(partition, series, field, from, until, descending: true, cancellation))
        {
            return new TimedValue(chunk.MaxTime, chunk.Statistics?.Last ?? chunk.ValueAt(chunk.Count - 1));
        }

        return null;
    }
}
