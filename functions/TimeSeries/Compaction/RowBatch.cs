using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Compaction;

/// <summary>Hands rows to the store some at a time; it removes nothing.</summary>
internal sealed class RowBatch(IRunStore store, SeriesPartition partition, int maxRows, int maxBytes)
{
    private readonly List<SealedRow> rows = [];
    private long bytes;

    public async ValueTask AddAsync(IEnumerable<SealedRow> more, CancellationToken cancellation)
    {
        foreach (var row in more)
        {
            rows.Add(row);
            bytes += row.Payload.Length;
            if (rows.Count >= maxRows || bytes >= maxBytes)
            {
                await FlushAsync(cancellation);
            }
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (rows.Count > 0)
        {
            await store.CompactAsync(partition, new Domain.Series.Compaction([.. rows], [], RunsThrough: 0), cancellation);
            rows.Clear();
            bytes = 0;
        }
    }
}
