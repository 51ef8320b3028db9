using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Columns;

/// <summary>The columns of one series, by field and type. They are mostly few and looked through; where they are many there is a table of them.</summary>
internal sealed class SeriesColumns
{
    private const int Few = 16;

    private readonly List<(string Field, PointColumn Points)> columns = [];
    private Dictionary<(string Field, FieldType Type), PointColumn>? table;

    public IReadOnlyList<(string Field, PointColumn Points)> All => columns;

    /// <summary>The column, or null where there is none.</summary>
    public PointColumn? Find(string field, FieldType type)
    {
        if (columns.Count > Few)
        {
            table ??= columns.ToDictionary(column => (column.Field, column.Points.Type), column => column.Points);
            return table.GetValueOrDefault((field, type));
        }

        foreach (var (name, points) in columns)
        {
            if (points.Type == type && name == field)
            {
                return points;
            }
        }

        return null;
    }

    /// <summary>The column, made where there is none.</summary>
    public PointColumn Get(string field, FieldType type)
    {
        if (Find(field, type) is { } known)
        {
            return known;
        }

        var column = new PointColumn(type);
        columns.Add((field, column));
        table?.Add((field, type), column);
        return column;
    }

    /// <summary>The columns of a field, of one type each.</summary>
    public IEnumerable<PointColumn> Of(string field)
    {
        for (var type = FieldType.Float; type <= FieldType.String; type++)
        {
            if (Find(field, type) is { } points)
            {
                yield return points;
            }
        }
    }

    /// <summary>Removes the columns that have no points.</summary>
    public void RemoveEmpty()
    {
        if (columns.RemoveAll(column => column.Points.Count == 0) > 0)
        {
            table = null;
        }
    }
}
