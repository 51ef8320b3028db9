using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serverless.TimeSeries.Rows;

namespace Serverless.TimeSeries.Catalogue;

/// <summary>Rows of a series, neighbours in the order of their first times, that overlap directly or through others.</summary>
/// <param name="Start">The position of the first.</param>
/// <param name="End">The position after the last.</param>
/// <param name="MinTime">The first time of all.</param>
/// <param name="MaxTime">The last time of all.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowCluster(int Start, int End, long MinTime, long MaxTime)
{
    /// <param name="rows">Rows in the order of their first times.</param>
    public static ImmutableArray<RowCluster> Of(ImmutableArray<RowRef> rows)
    {
        var clusters = ImmutableArray.CreateBuilder<RowCluster>();
        for (var i = 0; i < rows.Length; i++)
        {
            if (clusters.Count > 0 && clusters[^1].MaxTime >= rows[i].MinTime)
            {
                clusters[^1] = clusters[^1] with { End = i + 1, MaxTime = Math.Max(clusters[^1].MaxTime, rows[i].MaxTime) };
            }
            else
            {
                clusters.Add(new RowCluster(i, i + 1, rows[i].MinTime, rows[i].MaxTime));
            }
        }

        return clusters.DrainToImmutable();
    }

    /// <summary>The first of the clusters that does not end before a time; their number where all do.</summary>
    public static int FirstUntil(ImmutableArray<RowCluster> clusters, long time)
    {
        var (low, high) = (0, clusters.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = clusters[middle].MaxTime < time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
