using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Catalogue;
using Serverless.TimeSeries.Partitions;
using Serverless.TimeSeries.Rows;

namespace Serverless.TimeSeries.Scans;

/// <summary>What a step of a scan gave: a chunk (null where there was none) up to (or, descending, down to) a time; or that a row was gone.</summary>
internal readonly record struct ScanStep(ColumnChunk? Chunk, long Reached, bool IsGone = false);

/// <summary>Goes through a field's points: the rows of the catalogue in clusters of overlapping times, their blocks likewise, live points between and among them.</summary>
internal sealed class FieldScanner(RowReader reader, SeriesPartition partition, SeriesKey series, string field, FieldView view)
{
    /// <param name="from">The first time.</param>
    /// <param name="last">The last time, itself within.</param>
    /// <param name="descending">Newest first; within a chunk times ascend all the same.</param>
    /// <param name="skipGone">Goes on where a row is gone, instead of stopping with a step that says so.</param>
    /// <param name="cancellation">Cancels the reads of rows.</param>
    public async IAsyncEnumerable<ScanStep> ScanAsync(
        long from,
        long last,
        bool descending,
        bool skipGone,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var rows = new List<SealedRowData>();
        foreach (var span in Spans(from, last, descending))
        {
            rows.Clear();
            for (var i = 0; i < span.Rows.Length; i++)
            {
                var reference = span.Rows.Span[i];
                if (reference.MinTime > last || reference.MaxTime < from)
                {
                    continue;
                }

                if (await reader.ReadAsync(partition, series, reference, cancellation) is { } row)
                {
                    rows.Add(row);
                }
                else if (!skipGone)
                {
                    yield return new ScanStep(null, 0, IsGone: true);
                    yield break;
                }
            }

            foreach (var step in CleanRow.Of(rows, field, span.Min, span.Max, view)?.Steps(descending) ?? Steps(rows, span, descending))
            {
                yield return step;
            }
        }
    }

    private IEnumerable<ScanStep> Steps(List<SealedRowData> rows, Span span, bool descending)
    {
        var pieces = Pieces(rows, span.Min, span.Max);
        foreach (var piece in descending ? Enumerable.Reverse(pieces) : pieces)
        {
            var chunks = piece.Chunks(view);
            if (descending)
            {
                chunks.Reverse();
            }

            for (var i = 0; i < chunks.Count - 1; i++)
            {
                yield return new ScanStep(chunks[i], descending ? chunks[i].MinTime : chunks[i].MaxTime);
            }

            yield return new ScanStep(chunks.Count == 0 ? null : chunks[^1], descending ? piece.Min : piece.Max);
        }
    }

    /// <summary>The clusters of rows, widened so that together they cover the whole time of the scan.</summary>
    private IEnumerable<Span> Spans(long from, long last, bool descending)
    {
        var clusters = view.Sealed?.Clusters ?? [];
        var first = RowCluster.FirstUntil(clusters, from);
        var end = RowCluster.FirstUntil(clusters, last);
        end = end < clusters.Length && clusters[end].MinTime <= last ? end + 1 : end;
        if (first >= end)
        {
            yield return new Span(from, last, default);
            yield break;
        }

        for (var i = first; i < end; i++)
        {
            var at = descending ? first + end - 1 - i : i;
            var rows = view.Sealed!.Rows.AsMemory()[clusters[at].Start..clusters[at].End];
            yield return new Span(at == first ? from : clusters[at].MinTime, at == end - 1 ? last : clusters[at + 1].MinTime - 1, rows);
        }
    }

    private List<ScanPiece> Pieces(List<SealedRowData> rows, long from, long last)
    {
        var blocks =
            from row in rows
            from column in row.ColumnsOf(field)
            from block in column.Blocks
            where block.MinTime <= last && block.MaxTime >= @from
            orderby block.MinTime
            select new ScanBlock(row, column.Type, block);
        var clusters = new List<TimeCluster<ScanBlock>>();
        foreach (var block in blocks)
        {
            TimeCluster<ScanBlock>.Add(clusters, block, block.Block.MinTime, block.Block.MaxTime);
        }

        var pieces = new List<ScanPiece>();
        var next = from;
        foreach (var cluster in clusters)
        {
            var (min, max) = (Math.Max(cluster.Min, from), Math.Min(cluster.Max, last));
            if (next < min)
            {
                pieces.Add(new ScanPiece(next, min - 1, []));
            }

            pieces.Add(new ScanPiece(min, max, cluster.Items));
            if (max == last)
            {
                return pieces;
            }

            next = max + 1;
        }

        pieces.Add(new ScanPiece(next, last, []));
        return pieces;
    }

    /// <summary>A span of time, both ends within, and the rows that have points in it.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Span(long Min, long Max, ReadOnlyMemory<RowRef> Rows);
}
