using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Runs;

/// <summary>A run as bytes. Its columns are mostly of one point, so they are not encoded apart: all times are one column, all floats another, and so the descriptions.</summary>
internal static class RunCodec
{
    /// <summary>The most points of one run.</summary>
    public const int MostPoints = 1 << 20;

    public static void Encode(ByteWriter writer, RunPoints run)
    {
        Envelope.Open(writer, Envelope.Points);
        var names = new NameTable();
        var series = new long[run.Series.Count * 2];
        for (var i = 0; i < run.Series.Count; i++)
        {
            series[i] = names.Measurement(run.Series[i].Measurement);
            series[run.Series.Count + i] = names.Tags(run.Series[i].Tags);
        }

        var count = run.Columns.Count;
        var columns = new long[count * 4];
        for (var i = 0; i < count; i++)
        {
            var column = run.Columns[i];
            columns[i] = column.Series;
            columns[count + i] = names.Field(column.Field);
            columns[(2 * count) + i] = (long)column.Type;
            columns[(3 * count) + i] = column.Count;
        }

        names.Write(writer);
        writer.Unsigned((ulong)run.Series.Count);
        writer.Unsigned((ulong)count);
        Table(writer, series, 2);
        Table(writer, columns, 4);
        IntegerCodec.Encode(writer, run.Times, thorough: false);
        for (var type = FieldType.Float; type <= FieldType.String; type++)
        {
            var values = run.ValuesOf(type);
            values.Encode(writer, 0, values.Count, thorough: false);
        }

        Envelope.Close(writer);
    }

    /// <exception cref="InvalidDataException">The bytes are no run.</exception>
    public static RunPoints Decode(ref ByteReader reader)
    {
        var names = new NameReader(ref reader);
        var seriesCount = reader.Count(MostPoints);
        var count = reader.Count(MostPoints);
        using var series = new Scratch(2 * seriesCount);
        using var columns = new Scratch(4 * count);
        Table(ref reader, series.Span, 2);
        Table(ref reader, columns.Span, 4);
        var run = new RunPoints();
        for (var i = 0; i < seriesCount; i++)
        {
            run.Series.Add(new SeriesKey(names.Measurement(series.Span[i]), names.Tags(series.Span[seriesCount + i])));
        }

        var (timeStart, starts) = (0, new int[5]);
        for (var i = 0; i < count; i++)
        {
            var (of, type, points) = (columns.Span[i], columns.Span[(2 * count) + i], columns.Span[(3 * count) + i]);
            if ((ulong)of >= (ulong)seriesCount || type is < 1 or > 4 || points < 1 || points > MostPoints - timeStart)
            {
                throw ByteReader.Corrupt("a column of a run");
            }

            var field = names.Field(columns.Span[count + i]);
            run.Columns.Add(new RunColumn((int)of, field, (FieldType)type, timeStart, starts[type], (int)points));
            timeStart += (int)points;
            starts[type] += (int)points;
        }

        run.Times = new long[timeStart];
        IntegerCodec.Decode(ref reader, run.Times);
        for (var type = FieldType.Float; type <= FieldType.String; type++)
        {
            run.ValuesOf(type).Decode(ref reader, starts[(int)type]);
        }

        return run;
    }

    private static void Table(ByteWriter writer, ReadOnlySpan<long> table, int columns)
    {
        var rows = table.Length / columns;
        for (var i = 0; i < columns; i++)
        {
            IntegerCodec.Encode(writer, table.Slice(i * rows, rows));
        }
    }

    private static void Table(ref ByteReader reader, Span<long> table, int columns)
    {
        var rows = table.Length / columns;
        for (var i = 0; i < columns; i++)
        {
            IntegerCodec.Decode(ref reader, table.Slice(i * rows, rows));
        }
    }
}
