using Serverless.TimeSeries.Columns;

namespace Serverless.TimeSeries.Partitions;

/// <summary>The unsealed points of one series: a column per field and type.</summary>
internal sealed class LiveSeries(SeriesKey key)
{
    public SeriesKey Key { get; } = key;

    public SeriesColumns Columns { get; } = new();

    /// <summary>The series' description, sealed part and all, since it last changed; null until it is asked for.</summary>
    public SeriesInfo? Info { get; set; }

    /// <summary>Removes points of each column, and columns that have none left.</summary>
    /// <param name="remove">Removes some points of a field's column and says how many.</param>
    /// <returns>How many points it removed.</returns>
    public int Remove(Func<string, PointColumn, int> remove)
    {
        Info = null;
        var removed = 0;
        foreach (var (field, points) in Columns.All)
        {
            removed += remove(field, points);
        }

        Columns.RemoveEmpty();
        return removed;
    }
}
