namespace Serverless.TimeSeries.Scans;

/// <summary>Things whose spans of time overlap, directly or through others, and the span of all.</summary>
internal sealed record TimeCluster<T>(long Min, long Max, List<T> Items)
{
    /// <summary>The clusters of some things, in order of time; no two have a time in common.</summary>
    public static List<TimeCluster<T>> Of(IEnumerable<T> items, Func<T, (long Min, long Max)> span)
    {
        var clusters = new List<TimeCluster<T>>();
        foreach (var (item, (min, max)) in items.Select(item => (item, span(item))).OrderBy(pair => pair.Item2.Min))
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

        return clusters;
    }
}
