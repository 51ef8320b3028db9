using Serverless.TimeSeries.Catalogue;

namespace Serverless.TimeSeries.Partitions;

/// <summary>A series' description from its live and its sealed part. It is kept with them until either changes.</summary>
internal static class SeriesDescriber
{
    public static SeriesInfo Describe(Partition partition, SealedSeries series) =>
        series.Info ??= new SeriesInfo(series.Key.Measurement, series.Key.Tags, series.Fields, series.Rows[0].MinTime, series.MaxTime)
        {
            Partition = partition,
        };

    public static SeriesInfo Describe(Partition partition, LiveSeries live, SealedSeries? series) =>
        live.Info ??= Make(partition, live, series);

    private static SeriesInfo Make(Partition partition, LiveSeries live, SealedSeries? series)
    {
        var (min, max) = series is null ? (long.MaxValue, long.MinValue) : (series.Rows[0].MinTime, series.MaxTime);
        var fields = new List<FieldInfo>(live.Columns.All.Count);
        foreach (var (field, points) in live.Columns.All)
        {
            fields.Add(new FieldInfo(field, points.Type));
            (min, max) = (Math.Min(min, points.MinTime), Math.Max(max, points.MaxTime));
        }

        return new SeriesInfo(live.Key.Measurement, live.Key.Tags, Union(fields, series), min, max) { Partition = partition };
    }

    private static IReadOnlyList<FieldInfo> Union(List<FieldInfo> fields, SealedSeries? series)
    {
        if (series is not null)
        {
            fields = [.. fields.Union(series.Fields)];
            if (fields.Count == series.Fields.Count)
            {
                return series.Fields;
            }
        }

        fields.Sort(FieldInfo.Order);
        return fields;
    }
}
