using System.Collections.Immutable;
using Serverless.TimeSeries.Rows;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Compaction;

/// <summary>Chooses which of a series' sealed rows a compaction merges with its new points.</summary>
/// <remarks>
/// Rows of a window are merged as a binary counter carries: newest first, while a row is no more than twice what has been gathered. So a point is rewritten a logarithmic number of times, and a
/// window has a logarithmic number of rows. Rows that a deletion touches are rewritten whatever their size.
/// </remarks>
internal static class RowPicker
{
    /// <param name="rows">The series' rows.</param>
    /// <param name="incoming">How many new points each window gets.</param>
    /// <param name="tombstones">Deletions that select the series.</param>
    /// <param name="mergeRows">How many rows must have gathered in a window before they are merged.</param>
    public static HashSet<RowRef> Pick(
        ImmutableArray<RowRef> rows,
        IReadOnlyDictionary<Window, int> incoming,
        ImmutableArray<Tombstone> tombstones,
        int mergeRows
    )
    {
        var picked = new HashSet<RowRef>();
        foreach (var (window, points) in incoming)
        {
            long gathered = points;
            var small = new List<RowRef>();
            foreach (var row in rows.Where(row => row.Window == window).OrderByDescending(row => row.Sequence))
            {
                if (row.Points > 2 * gathered)
                {
                    break;
                }

                small.Add(row);
                gathered += row.Points;
            }

            if (small.Count >= mergeRows)
            {
                picked.UnionWith(small);
            }
        }

        picked.UnionWith(rows.Where(row => tombstones.Any(dead => dead.Touches(row.MinTime, row.MaxTime, row.Sequence))));
        Close(rows, picked);
        return picked;
    }

    /// <summary>A merged row gets a new sequence; so no row may stay behind that is newer than a merged one and has times in common, or it would lose to older values.</summary>
    private static void Close(ImmutableArray<RowRef> rows, HashSet<RowRef> picked)
    {
        for (var before = 0; before != picked.Count && picked.Count < rows.Length; )
        {
            before = picked.Count;
            foreach (var row in rows)
            {
                if (!picked.Contains(row) && picked.Any(other => row.Sequence >= other.Sequence && row.Overlaps(other)))
                {
                    picked.Add(row);
                }
            }
        }
    }
}
