using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Rows;

namespace Serverless.TimeSeries.Compaction;

/// <summary>Makes sealed rows of a series' points: one a window, or several where one would be too large to store.</summary>
internal sealed class RowBuilder(SeriesKey series, byte level, long through, uint compaction, int blockPoints)
{
    private readonly ByteWriter writer = new();
    private readonly List<(RowRef Reference, SealedRow Row)> rows = [];
    private int part;

    /// <param name="columns">The columns, sorted and resolved; they may be empty.</param>
    public List<(RowRef Reference, SealedRow Row)> Build(IReadOnlyList<(string Field, PointColumn Points)> columns)
    {
        var rest = NotEmpty(columns);
        while (rest.Count > 0)
        {
            var window = Window.Of(level, rest.Min(column => column.Points.Times[0]));
            part = 0;
            AddRow(window, Cut(rest, long.MinValue, window.End));
            rest = window.End == long.MaxValue ? [] : Cut(rest, window.End + 1, long.MaxValue);
        }

        return rows;
    }

    private void AddRow(Window window, List<(string Field, PointColumn Points)> columns)
    {
        var points = columns.Sum(column => column.Points.Count);
        var min = columns.Min(column => column.Points.Times[0]);
        var max = columns.Max(column => column.Points.Times[^1]);
        RowCodec.Encode(writer, series, columns, blockPoints);
        if (writer.Length <= IRunStore.MaxPayload)
        {
            var reference = new RowRef(window, through, compaction, part++, min, max, points);
            rows.Add((reference, new SealedRow(reference.Key(series), through, writer.Written.ToArray())));
        }
        else if (min < max)
        {
            var longest = columns.MaxBy(column => column.Points.Count).Points;
            var middle = longest.Count > 1 ? longest.Times[(longest.Count / 2) - 1] : min + (long)((ulong)(max - min) / 2);
            AddRow(window, Cut(columns, long.MinValue, middle));
            AddRow(window, Cut(columns, middle + 1, long.MaxValue));
        }
        else
        {
            // Several fields at one time: none alone is too large, or its run would not have been accepted.
            AddRow(window, columns[..(columns.Count / 2)]);
            AddRow(window, columns[(columns.Count / 2)..]);
        }
    }

    private static List<(string Field, PointColumn Points)> Cut(List<(string Field, PointColumn Points)> columns, long from, long to) =>
        NotEmpty(
            columns.ConvertAll(column =>
            {
                var (start, end) = (
                    column.Points.LowerBound(from),
                    to == long.MaxValue ? column.Points.Count : column.Points.LowerBound(to + 1)
                );
                return (column.Field, start == 0 && end == column.Points.Count ? column.Points : column.Points.Slice(start, end));
            })
        );

    private static List<(string Field, PointColumn Points)> NotEmpty(IEnumerable<(string Field, PointColumn Points)> columns) =>
        [.. columns.Where(column => column.Points.Count > 0)];
}
