namespace Serverless.TimeSeries.Scans;

/// <summary>Things whose spans of time overlap, directly or through others, and the span of all.</summary>
internal sealed record TimeCluster<T>(long Min, long Max, List<T> Items)
{
    /// <summary>Adds a thing to clusters in order of time, no two of which have a time in common. Things come in the order of their first times.</summary>
    public static void Add(List<TimeCluster<T>> clusters, T item, long min, long max)
    {
        if (clusters.Count > 0 && clusters[^1].Max >= min)
        {
            clusters[^1].Items.Add(item);
            clusters[^1] = clusters[^1] with { Max = Math.Max(clusters[^1].Max, max) };
        }
        else
        {
            clusters.Add(new TimeCluster<T>(min, max, [item]));
        }
    }
}
