using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Rows;

/// <summary>Reads sealed rows by reference, through the cache.</summary>
internal sealed class RowReader(IRunStore store, RowCache cache)
{
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
        return cache.Find(name) ?? await ReadAsync(name, cancellation);
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
