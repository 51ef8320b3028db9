using System.Collections.Immutable;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Catalogue;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Rows;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Compaction;

/// <summary>What compaction makes of one series: rows to write and the change of the catalogue.</summary>
internal sealed record CompactedSeries(SeriesEdit Edit, IReadOnlyList<SealedRow> Rows);

/// <summary>Merges the live points of one series with as many of its sealed rows as is worth while.</summary>
internal sealed class SeriesCompactor(RowReader reader, SeriesPartition partition, long through, uint compaction, SeriesOptions options)
{
    /// <returns>The change, or null where there is none.</returns>
    public async ValueTask<CompactedSeries?> CompactAsync(
        SeriesKey key,
        List<(string Field, PointColumn Points)>? live,
        SealedSeries? series,
        ImmutableArray<Tombstone> tombstones,
        CancellationToken cancellation
    )
    {
        var rows = series?.Rows ?? [];
        var gone = rows.Where(row => tombstones.Any(dead => dead.CoversAll(row.MinTime, row.MaxTime, row.Sequence))).ToHashSet();
        rows = rows.RemoveAll(gone.Contains);
        foreach (var (_, points) in live ?? [])
        {
            points.Sort();
        }

        var level = Level(live, rows);
        var picked = RowPicker.Pick(rows, Incoming(live, level), tombstones, options.MergeRows);
        if (live is null && picked.Count == 0 && gone.Count == 0)
        {
            return null;
        }

        var columns = await MergeAsync(key, live, picked, tombstones, cancellation);
        var built = new RowBuilder(key, level, through, compaction, options.BlockPoints).Build(columns);
        var fields = columns.Select(column => new FieldInfo(column.Field, column.Points.Type)).ToHashSet();
        gone.UnionWith(picked);
        return new CompactedSeries(
            new SeriesEdit(key, fields, [.. built.Select(row => row.Reference)], gone),
            [.. built.Select(row => row.Row)]
        );
    }

    private async ValueTask<IReadOnlyList<(string Field, PointColumn Points)>> MergeAsync(
        SeriesKey key,
        List<(string Field, PointColumn Points)>? live,
        HashSet<RowRef> picked,
        ImmutableArray<Tombstone> tombstones,
        CancellationToken cancellation
    )
    {
        if (picked.Count == 0)
        {
            var alone = live ?? [];
            FieldResolver.Resolve(alone);
            return alone;
        }

        var merged = new SeriesColumns();
        foreach (var reference in picked.OrderBy(row => row.MinTime))
        {
            // A row that is gone has been merged by another instance, whose row has all that it had.
            if (await reader.ReadAsync(partition, key, reference, cancellation) is { } row)
            {
                Add(row, merged);
            }
        }

        foreach (var (field, points) in live ?? [])
        {
            merged.Get(field, points.Type).AppendAll(points);
        }

        foreach (var (field, points) in merged.All)
        {
            points.Sort();
            var deletions = tombstones.RemoveAll(dead => !dead.Concerns(field));
            if (!deletions.IsEmpty)
            {
                points.RemoveWhere((time, sequence) => deletions.Any(dead => dead.Covers(time, sequence)));
            }
        }

        FieldResolver.Resolve(merged.All);
        return merged.All;
    }

    private static void Add(SealedRowData row, SeriesColumns merged)
    {
        foreach (var column in row.Columns)
        {
            var points = merged.Get(column.Field, column.Type);
            foreach (var block in column.Blocks)
            {
                row.DecodeInto(points, block);
            }
        }
    }

    private static byte Level(List<(string Field, PointColumn Points)>? live, ImmutableArray<RowRef> rows)
    {
        var points = rows.Sum(row => (long)row.Points);
        var (min, max) = (long.MaxValue, long.MinValue);
        foreach (var row in rows)
        {
            (min, max) = (Math.Min(min, row.MinTime), Math.Max(max, row.MaxTime));
        }

        foreach (var (_, column) in live ?? [])
        {
            points += column.Count;
            (min, max) = (Math.Min(min, column.Times[0]), Math.Max(max, column.Times[^1]));
        }

        return Window.LevelFor(points, min, max);
    }

    private static Dictionary<Window, int> Incoming(List<(string Field, PointColumn Points)>? live, byte level)
    {
        var incoming = new Dictionary<Window, int>();
        foreach (var (_, points) in live ?? [])
        {
            for (var start = 0; start < points.Count; )
            {
                var window = Window.Of(level, points.Times[start]);
                var end = window.End == long.MaxValue ? points.Count : points.LowerBound(window.End + 1);
                incoming[window] = incoming.GetValueOrDefault(window) + end - start;
                start = end;
            }
        }

        return incoming;
    }
}
