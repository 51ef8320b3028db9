using Serverless.Domain.Series;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Partitions;
using Serverless.TimeSeries.Rows;

namespace Serverless.TimeSeries.Scans;

/// <summary>A block among the rows of a scan.</summary>
internal readonly record struct ScanBlock(SealedRowData Row, FieldType Type, Block Block);

/// <summary>A span of time, both ends within, and the sealed blocks that have points in it; what is live in it comes from the view.</summary>
internal sealed record ScanPiece(long Min, long Max, IReadOnlyList<ScanBlock> Blocks)
{
    /// <summary>The chunks of the piece in order of time.</summary>
    public List<ColumnChunk> Chunks(FieldView view)
    {
        var live = view.Live.Select(Slice).Where(column => column.Count > 0).ToList();
        if (live.Count == 0 && Blocks is [var alone] && !IsTouched(alone, view))
        {
            return ColumnChunk.Of(alone.Row, alone.Type, alone.Block, Min, Max) is { } chunk ? [chunk] : [];
        }

        if (Blocks.Count == 0 && live.Count <= 1)
        {
            return live.ConvertAll(column => new ColumnChunk(column));
        }

        return Interleave(Merge(live, view));
    }

    private static bool IsTouched(ScanBlock block, FieldView view) =>
        view.Tombstones.Any(dead => dead.Touches(block.Block.MinTime, block.Block.MaxTime, block.Row.Sequence));

    private PointColumn Slice(PointColumn column)
    {
        var (start, end) = (column.LowerBound(Min), Max == long.MaxValue ? column.Count : column.LowerBound(Max + 1));
        return start == 0 && end == column.Count ? column : column.Slice(start, end);
    }

    private List<PointColumn> Merge(List<PointColumn> live, FieldView view)
    {
        var columns = new List<PointColumn>();
        foreach (var type in Blocks.Select(block => block.Type).Union(live.Select(column => column.Type)))
        {
            var merged = new PointColumn(type);
            foreach (var block in Blocks.Where(block => block.Type == type).OrderBy(block => block.Block.MinTime))
            {
                block.Row.DecodeInto(merged, block.Block);
            }

            if (live.Find(column => column.Type == type) is { } points)
            {
                merged.AppendAll(points);
            }

            merged.Sort();
            merged.RemoveWhere((time, sequence) => time < Min || time > Max || view.Tombstones.Any(dead => dead.Covers(time, sequence)));
            columns.Add(merged);
        }

        if (columns.Count > 1)
        {
            FieldResolver.Resolve(columns);
        }

        return columns.FindAll(column => column.Count > 0);
    }

    /// <summary>Cuts columns of several types, which have no time in common, into stretches of one type each.</summary>
    private static List<ColumnChunk> Interleave(List<PointColumn> columns)
    {
        if (columns.Count <= 1)
        {
            return columns.ConvertAll(column => new ColumnChunk(column));
        }

        var chunks = new List<ColumnChunk>();
        var next = new int[columns.Count];
        while (true)
        {
            var (first, second) = (-1, -1);
            for (var i = 0; i < columns.Count; i++)
            {
                if (next[i] == columns[i].Count)
                {
                    continue;
                }

                if (first < 0 || columns[i].Times[next[i]] < columns[first].Times[next[first]])
                {
                    (first, second) = (i, first);
                }
                else if (second < 0 || columns[i].Times[next[i]] < columns[second].Times[next[second]])
                {
                    second = i;
                }
            }

            if (first < 0)
            {
                return chunks;
            }

            var end = second < 0 ? columns[first].Count : columns[first].LowerBound(columns[second].Times[next[second]]);
            chunks.Add(new ColumnChunk(columns[first].Slice(next[first], end)));
            next[first] = end;
        }
    }
}
