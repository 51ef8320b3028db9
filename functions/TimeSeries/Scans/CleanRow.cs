using Serverless.TimeSeries.Partitions;
using Serverless.TimeSeries.Rows;

namespace Serverless.TimeSeries.Scans;

/// <summary>The common case of a scan: one row (or none), in it one column of the field, no deletion in it, and live points only after or before its blocks. Blocks then are chunks.</summary>
internal sealed class CleanRow
{
    private readonly SealedRowData? row;
    private readonly RowColumn? column;
    private readonly ColumnChunk? before;
    private readonly ColumnChunk? after;
    private readonly long from;
    private readonly long last;

    private CleanRow(SealedRowData? row, RowColumn? column, ColumnChunk? before, ColumnChunk? after, long from, long last) =>
        (this.row, this.column, this.before, this.after, this.from, this.last) = (row, column, before, after, from, last);

    /// <summary>The scan of a span of time; null where it is not so simple.</summary>
    public static CleanRow? Of(List<SealedRowData> rows, string field, long from, long last, FieldView view)
    {
        if (rows.Count > 1 || view.Live.Length > 1)
        {
            return null;
        }

        var only = rows.Count == 0 ? null : rows[0];
        if (!TryFindColumn(only, field, out var blocks))
        {
            return null;
        }

        var (min, max) = blocks is null ? (long.MaxValue, long.MaxValue) : (blocks.Blocks[0].MinTime, blocks.Blocks[^1].MaxTime);
        foreach (var dead in view.Tombstones)
        {
            if (blocks is not null && dead.Touches(min, max, only!.Sequence))
            {
                return null;
            }
        }

        if (view.Live is not [var live])
        {
            return new CleanRow(only, blocks, null, null, from, last);
        }

        // No live point may lie from the first to the last time of the blocks.
        var (start, end) = (live.LowerBound(from), last == long.MaxValue ? live.Count : live.LowerBound(last + 1));
        var split = Math.Clamp(live.LowerBound(min), start, end);
        if (split < end && live.Times[split] <= max && blocks is not null)
        {
            return null;
        }

        return new CleanRow(only, blocks, Slice(live, start, split), Slice(live, split, end), from, last);
    }

    public IEnumerable<ScanStep> Steps(bool descending)
    {
        var blocks = column?.Blocks ?? [];
        if ((descending ? after : before) is { } first)
        {
            yield return new ScanStep(first, descending ? first.MinTime : first.MaxTime);
        }

        for (var i = 0; i < blocks.Length; i++)
        {
            var block = blocks[descending ? blocks.Length - 1 - i : i];
            if (block.MinTime <= last && block.MaxTime >= from && ColumnChunk.Of(row!, column!.Type, block, from, last) is { } chunk)
            {
                yield return new ScanStep(chunk, descending ? chunk.MinTime : chunk.MaxTime);
            }
        }

        yield return new ScanStep(descending ? before : after, descending ? from : last);
    }

    /// <summary>The only column of the field, or none; false where there are several, or where its blocks are not in order.</summary>
    private static bool TryFindColumn(SealedRowData? row, string field, out RowColumn? found)
    {
        found = null;
        foreach (var candidate in row?.ColumnsOf(field) ?? [])
        {
            if (candidate.Blocks.Length > 0)
            {
                if (found is not null || !candidate.IsOrdered)
                {
                    return false;
                }

                found = candidate;
            }
        }

        return true;
    }

    private static ColumnChunk? Slice(Columns.PointColumn live, int start, int end) =>
        start < end ? new ColumnChunk(live.Slice(start, end)) : null;
}
