using Serverless.Domain.Series;
using Serverless.TimeSeries.Columns;

namespace Serverless.TimeSeries.Partitions;

/// <summary>The unsealed points of one series: a column per field and type.</summary>
internal sealed class LiveSeries
{
    private readonly List<(string Field, PointColumn Points)> columns = [];

    public IReadOnlyList<(string Field, PointColumn Points)> Columns => columns;

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

    /// <summary>Removes points, and columns that have none left.</summary>
    /// <returns>How many points it removed.</returns>
    public int RemoveWhere(Func<long, long, bool> timeAndSequence)
    {
        var removed = 0;
        for (var i = columns.Count - 1; i >= 0; i--)
        {
            removed += columns[i].Points.RemoveWhere(timeAndSequence);
            if (columns[i].Points.Count == 0)
            {
                columns.RemoveAt(i);
            }
        }

        return removed;
    }
}
