using Serverless.Domain.Series;
using Serverless.TimeSeries.Columns;

namespace Serverless.TimeSeries.Partitions;

/// <summary>The unsealed points of one series: a column per field and type.</summary>
internal sealed class LiveSeries(SeriesKey key)
{
    private readonly List<(string Field, PointColumn Points)> columns = [];

    public SeriesKey Key { get; } = key;

    public IReadOnlyList<(string Field, PointColumn Points)> Columns => columns;

    /// <summary>The series' description, sealed part and all, since it last changed; null until it is asked for.</summary>
    public SeriesInfo? Info { get; set; }

    public PointColumn Column(string field, FieldType type)
    {
        foreach (var (name, points) in columns)
        {
            if (points.Type == type && name == field)
            {
                return points;
            }
        }

        var column = new PointColumn(type);
        columns.Add((field, column));
        return column;
    }

    /// <summary>Removes points of each column, and columns that have none left.</summary>
    /// <param name="remove">Removes some points of a column and says how many.</param>
    /// <returns>How many points it removed.</returns>
    public int Remove(Func<PointColumn, int> remove)
    {
        Info = null;
        var removed = 0;
        for (var i = columns.Count - 1; i >= 0; i--)
        {
            removed += remove(columns[i].Points);
            if (columns[i].Points.Count == 0)
            {
                columns.RemoveAt(i);
            }
        }

        return removed;
    }
}
