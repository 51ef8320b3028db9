using Serverless.Domain.Series;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Rows;

namespace Serverless.TimeSeries.Compaction;

/// <summary>Columns of a series that are gathered from rows and live points.</summary>
internal sealed class MergedColumns
{
    public List<(string Field, PointColumn Points)> Columns { get; } = [];

    public void Add(SealedRowData row)
    {
        foreach (var column in row.Columns)
        {
            var points = Column(column.Field, column.Type);
            foreach (var block in column.Blocks)
            {
                row.DecodeInto(points, block);
            }
        }
    }

    public PointColumn Column(string field, FieldType type)
    {
        foreach (var (name, points) in Columns)
        {
            if (points.Type == type && name == field)
            {
                return points;
            }
        }

        var column = new PointColumn(type);
        Columns.Add((field, column));
        return column;
    }
}
