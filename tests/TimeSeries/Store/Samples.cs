using Serverless.Domain.Series;
using Serverless.TimeSeries.Catalogue;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Rows;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Tests.Store;

/// <summary>Stored payloads with every type and most encodings in them.</summary>
internal static class Samples
{
    private static readonly SeriesKey Key = new("temp", TagSet.Of("uuid", "6f1c9a52-0000-4000-8000-000000000001"));

    public static byte[] Run()
    {
        var writer = new ByteWriter();
        var points = Columns().SelectMany(column => PointsOf(column.Field, column.Points)).ToList();
        RunCodec.Encode(writer, PointGrouper.Group(points, 0, points.Count));
        return writer.Written.ToArray();
    }

    public static byte[] Row()
    {
        var writer = new ByteWriter();
        RowCodec.Encode(writer, Key, Columns(), 100);
        return writer.Written.ToArray();
    }

    public static byte[] Manifest()
    {
        var writer = new ByteWriter();
        var row = new RowRef(new Window(0, 19_000), 7, 1234, 0, 5, 900, 300);
        var series = new SeriesEdit(Key, [new FieldInfo("value", FieldType.Float)], [row, row with { Part = 1 }], [row with { Part = 2 }]);
        new ManifestEdit(7, [new Tombstone(3, 4, new SeriesSelector("temp", Key.Tags), 5, 6)], [series, series]).Write(writer);
        return writer.Written.ToArray();
    }

    private static List<(string Field, PointColumn Points)> Columns()
    {
        var random = new Random(1);
        long[] times = [.. Enumerable.Range(0, 250).Select(i => (i * 10_000L) + random.Next(40))];
        var (floats, xors, integers, booleans) = (new FloatValues(), new FloatValues(), new IntegerValues(), new BooleanValues());
        var (words, texts) = (new StringValues(), new StringValues());
        for (var i = 0; i < times.Length; i++)
        {
            floats.Add(i == 7 ? double.NaN : random.Next(1000) / 100.0);
            xors.Add(random.NextDouble());
            integers.Add(i == 9 ? long.MaxValue : random.Next(100));
            booleans.Add(random.Next(2) == 0);
            words.Add(random.Next(2) == 0 ? "on" : "off");
            texts.Add($"{{\"value\":{random.Next(1000)}}}");
        }

        ColumnValues[] all = [floats, xors, integers, booleans, words, texts];
        return [.. all.Select((values, i) => ($"field{i}", ColumnOf(times, values)))];
    }

    private static PointColumn ColumnOf(long[] times, ColumnValues values)
    {
        var column = new PointColumn(values.Type);
        column.Append(times, values, 0, 1);
        return column;
    }

    private static IEnumerable<Point> PointsOf(string field, PointColumn points)
    {
        for (var i = 0; i < points.Count; i++)
        {
            yield return new Point(Key.Measurement, Key.Tags, field, points.TimeMemory.Span[i], points.Values[i]);
        }
    }
}
