using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Rows;

/// <summary>Reads sealed rows by reference, through the cache.</summary>
internal sealed class RowReader(IRunStore store, RowCache cache, bool readsWindows)
{
    /// <summary>Beyond this a window is left, and a row that was not among the first is read alone.</summary>
    private const int MostWindowBytes = 2 << 20;

    /// <returns>The row, or null where it is gone: a compaction has replaced it since the catalogue was read.</returns>
    /// <exception cref="InvalidDataException">The row is corrupt.</exception>
    public async ValueTask<SealedRowData?> ReadAsync(
        SeriesPartition partition,
        SeriesKey series,
        RowRef reference,
        CancellationToken cancellation
    )
    {
        var name = new RowName(partition, series, reference);
        return cache.Find(name) ?? await (readsWindows ? ReadWindowAsync(name, cancellation) : ReadAsync(name, cancellation));
    }

    /// <summary>Reads a row and its neighbours, which are mostly wanted next: other measurements of the device, and other rows of the day.</summary>
    private async Task<SealedRowData?> ReadWindowAsync(RowName name, CancellationToken cancellation)
    {
        var (from, to) = name.Row.WindowKeys(name.Series);
        var (key, found, bytes) = (name.Row.Key(name.Series), (SealedRowData?)null, 0);
        await foreach (var stored in store.ReadSealedAsync(name.Partition, from, to, cancellation))
        {
            var row = RowCodec.Decode(stored.Sequence, stored.Payload);
            cache.Add(name with { Series = row.Series, Row = RowRef.Of(stored.Key, row) }, row);
            found = stored.Key == key && row.Series == name.Series ? row : found;
            bytes += stored.Payload.Length;
            if (bytes > MostWindowBytes)
            {
                return found ?? await ReadAsync(name, cancellation);
            }
        }

        return found;
    }

    private async Task<SealedRowData?> ReadAsync(RowName name, CancellationToken cancellation)
    {
        var key = name.Row.Key(name.Series);
        await foreach (var stored in store.ReadSealedAsync(name.Partition, key, key + '\0', cancellation))
        {
            var row = RowCodec.Decode(stored.Sequence, stored.Payload);
            if (row.Series == name.Series)
            {
                cache.Add(name, row);
                return row;
            }
        }

        return null;
    }
}
