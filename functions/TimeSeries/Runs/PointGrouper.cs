using System.Runtime.InteropServices;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Runs;

/// <summary>Groups the points of a write into columns: a counting sort over column numbers, with the last series at hand since messages come series by series.</summary>
internal sealed class PointGrouper
{
    private readonly Dictionary<SeriesKey, int> seriesNumbers = [];
    private readonly ColumnTable numbers = new();
    private readonly RunPoints run = new();
    private readonly List<int> counts = [];

    private PointGrouper() { }

    /// <exception cref="ArgumentException">A point has no measurement, field or value.</exception>
    public static RunPoints Group(IReadOnlyList<Point> points, int start, int count) =>
        new PointGrouper().GroupPoints(points, start, count);

    private RunPoints GroupPoints(IReadOnlyList<Point> points, int start, int count)
    {
        var columnOf = new int[count];
        var (measurement, tags, field, type) = ((string?)null, (TagSet?)null, (string?)null, default(FieldType));
        var (series, column) = (-1, -1);
        for (var i = 0; i < count; i++)
        {
            var point = points[start + i];
            if (!ReferenceEquals(point.Tags, tags) || !ReferenceEquals(point.Measurement, measurement))
            {
                (measurement, tags, field) = (point.Measurement, point.Tags, null);
                series = NumberOf(measurement, tags);
            }

            if (!ReferenceEquals(point.Field, field) || point.Value.Type != type)
            {
                (field, type) = (point.Field, point.Value.Type);
                column = ColumnOf(series, field, type);
            }

            columnOf[i] = column;
            CollectionsMarshal.AsSpan(counts)[column]++;
        }

        if (numbers.IsMixed)
        {
            DropOverwritten(points, start, columnOf);
        }

        Place(points, start, columnOf);
        run.Columns.RemoveAll(empty => empty.Count == 0);
        return run;
    }

    /// <summary>Within a column the order tells which of two values at one time is the later; between columns of one field nothing would, so the earlier goes here.</summary>
    private void DropOverwritten(IReadOnlyList<Point> points, int start, int[] columnOf)
    {
        var latest = new Dictionary<(int Series, string Field, long Time), int>();
        for (var i = columnOf.Length - 1; i >= 0; i--)
        {
            var column = run.Columns[columnOf[i]];
            var key = (column.Series, column.Field, points[start + i].Time);
            if (latest.TryAdd(key, columnOf[i]) || latest[key] == columnOf[i])
            {
                continue;
            }

            counts[columnOf[i]]--;
            columnOf[i] = ColumnTable.None;
        }
    }

    private int NumberOf(string measurement, TagSet tags)
    {
        ArgumentException.ThrowIfNullOrEmpty(measurement);
        ArgumentNullException.ThrowIfNull(tags);
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(seriesNumbers, new SeriesKey(measurement, tags), out var exists);
        if (!exists)
        {
            number = run.Series.Count;
            run.Series.Add(new SeriesKey(measurement, tags));
            numbers.AddSeries();
        }

        return number;
    }

    private int ColumnOf(int series, string field, FieldType type)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        if (type is < FieldType.Float or > FieldType.String)
        {
            throw new ArgumentException($"The field {field} has no value.", nameof(type));
        }

        var known = numbers.Find(series, field, type);
        if (known != ColumnTable.None)
        {
            return known;
        }

        run.Columns.Add(new RunColumn(series, field, type, 0, 0, 0));
        counts.Add(0);
        return numbers.Add(series, field, type);
    }

    private void Place(IReadOnlyList<Point> points, int start, int[] columnOf)
    {
        var next = new int[counts.Count];
        var (timeStart, valueStarts) = (0, new int[5]);
        for (var i = 0; i < next.Length; i++)
        {
            var column = run.Columns[i];
            run.Columns[i] = column with { TimeStart = timeStart, ValueStart = valueStarts[(int)column.Type], Count = counts[i] };
            next[i] = timeStart;
            timeStart += counts[i];
            valueStarts[(int)column.Type] += counts[i];
        }

        var placed = new int[timeStart];
        run.Times = new long[timeStart];
        for (var i = 0; i < columnOf.Length; i++)
        {
            if (columnOf[i] == ColumnTable.None)
            {
                continue;
            }

            var at = next[columnOf[i]]++;
            placed[at] = start + i;
            run.Times[at] = points[start + i].Time;
        }

        foreach (var column in run.Columns)
        {
            var values = run.ValuesOf(column.Type);
            for (var i = 0; i < column.Count; i++)
            {
                values.Add(points[placed[column.TimeStart + i]].Value);
            }
        }
    }
}
