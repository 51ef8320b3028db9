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
        var key = reference.Key(series);
        if (cache.Find(partition.Tenant, partition.Database, key) is { } cached)
        {
            return cached;
        }

        await foreach (var stored in store.ReadSealedAsync(partition, key, key + '\0', cancellation))
        {
            var row = RowCodec.Decode(stored.Sequence, stored.Payload);
            if (row.Series == series)
            {
                cache.Add(partition.Tenant, partition.Database, key, row);
                return row;
            }
        }

        return null;
    }
}
