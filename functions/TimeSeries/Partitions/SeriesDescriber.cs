using Serverless.TimeSeries.Catalogue;

namespace Serverless.TimeSeries.Partitions;

/// <summary>A series' description from its live and its sealed part.</summary>
internal static class SeriesDescriber
{
    public static SeriesInfo Describe(SeriesKey key, LiveSeries? live, SealedSeries? series)
    {
        var fields = new HashSet<FieldInfo>();
        var (min, max) = (long.MaxValue, long.MinValue);
        foreach (var (field, points) in live?.Columns ?? [])
        {
            fields.Add(new FieldInfo(field, points.Type));
            points.Sort();
            (min, max) = (Math.Min(min, points.Times[0]), Math.Max(max, points.Times[^1]));
        }

        if (series is not null)
        {
            fields.UnionWith(series.Fields);
            min = Math.Min(min, series.Rows[0].MinTime);
            max = Math.Max(max, series.Rows.Max(row => row.MaxTime));
        }

        var sorted = fields.ToArray();
        Array.Sort(
            sorted,
            (a, b) =>
            {
                var byName = string.CompareOrdinal(a.Name, b.Name);
                return byName != 0 ? byName : a.Type.CompareTo(b.Type);
            }
        );
        return new SeriesInfo(key.Measurement, key.Tags, sorted, min, max);
    }
}
