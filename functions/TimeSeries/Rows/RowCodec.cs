using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Columns;

namespace Serverless.TimeSeries.Rows;

/// <summary>A sealed row as bytes: the series' text, a directory of columns and blocks, and the blocks' chunks of times and values.</summary>
internal static class RowCodec
{
    /// <summary>The most points of a block.</summary>
    public const int BlockPoints = 4096;

    /// <summary>Below this many points the statistics would cost more than decoding does.</summary>
    private const int StatisticsFrom = 32;

    /// <param name="writer">Takes the row; what it held is gone.</param>
    /// <param name="series">The series.</param>
    /// <param name="columns">Its columns, sorted, none empty.</param>
    /// <param name="blockPoints">Points of a block, at most <see cref="BlockPoints"/>.</param>
    public static void Encode(
        ByteWriter writer,
        SeriesKey series,
        IReadOnlyList<(string Field, PointColumn Points)> columns,
        int blockPoints
    )
    {
        var chunks = new ByteWriter();
        var times = new List<(PointColumn Column, int Start, int Count, int Chunk)>();
        var lengths = new List<long>();
        Envelope.Open(writer, Envelope.Row);
        SeriesText.Write(writer, series);
        writer.Unsigned((ulong)columns.Count);
        foreach (var (field, points) in columns)
        {
            writer.Text(field);
            writer.Byte((byte)points.Type);
            writer.Unsigned((ulong)((points.Count + blockPoints - 1) / blockPoints));
            for (var start = 0; start < points.Count; start += blockPoints)
            {
                var count = Math.Min(blockPoints, points.Count - start);
                var timeChunk = TimeChunk(points, start, count, chunks, times, lengths);
                var before = chunks.Length;
                points.Values.Encode(chunks, start, count, thorough: true);
                lengths.Add(chunks.Length - before);
                Describe(writer, points, start, count, timeChunk, lengths.Count - 1);
            }
        }

        writer.Unsigned((ulong)lengths.Count);
        foreach (var length in lengths)
        {
            writer.Unsigned((ulong)length);
        }

        writer.Bytes(chunks.Written);
        Envelope.Close(writer);
    }

    /// <exception cref="InvalidDataException">The bytes are no row.</exception>
    public static SealedRowData Decode(long sequence, ReadOnlyMemory<byte> payload)
    {
        var reader = Envelope.Expect(payload.Span, Envelope.Row);
        var series = SeriesText.Read(ref reader);
        var described = new (string Field, FieldType Type, Described[] Blocks)[reader.Count(reader.Remaining)];
        for (var i = 0; i < described.Length; i++)
        {
            var (field, type) = (reader.Text(), (FieldType)reader.Byte());
            var blocks = new Described[reader.Count(reader.Remaining / 4)];
            for (var j = 0; j < blocks.Length; j++)
            {
                blocks[j] = ReadDescription(ref reader, type);
            }

            described[i] = (field, type, blocks);
        }

        var chunks = ReadChunks(ref reader);
        var columns = Array.ConvertAll(
            described,
            column => new RowColumn(column.Field, column.Type, Array.ConvertAll(column.Blocks, block => block.Locate(chunks)))
        );
        return new SealedRowData(sequence, payload, series, columns);
    }

    /// <summary>The chunk with these times: fields of one series are mostly written together, and then share one.</summary>
    private static int TimeChunk(
        PointColumn points,
        int start,
        int count,
        ByteWriter chunks,
        List<(PointColumn Column, int Start, int Count, int Chunk)> known,
        List<long> lengths
    )
    {
        var times = points.Times.Slice(start, count);
        foreach (var (column, knownStart, knownCount, chunk) in known)
        {
            if (knownCount == count && column.Times.Slice(knownStart, count).SequenceEqual(times))
            {
                return chunk;
            }
        }

        var before = chunks.Length;
        IntegerCodec.Encode(chunks, times);
        lengths.Add(chunks.Length - before);
        known.Add((points, start, count, lengths.Count - 1));
        return lengths.Count - 1;
    }

    private static void Describe(ByteWriter writer, PointColumn points, int start, int count, int timeChunk, int valueChunk)
    {
        var (min, max) = (points.Times[start], points.Times[start + count - 1]);
        writer.Unsigned((ulong)count);
        writer.Signed(min);
        writer.Unsigned((ulong)(max - min));
        writer.Unsigned((ulong)timeChunk);
        writer.Unsigned((ulong)valueChunk);
        var statistics = count >= StatisticsFrom ? BlockStatistics.Of(points.Values, start, count) : null;
        writer.Byte(statistics is null ? (byte)0 : (byte)1);
        if (statistics is var (sum, least, most, first, last))
        {
            foreach (var value in (ReadOnlySpan<FieldValue>)[sum, least, most, first, last])
            {
                WriteNumber(writer, value);
            }
        }
    }

    private static Described ReadDescription(ref ByteReader reader, FieldType type)
    {
        var count = reader.Count(BlockPoints);
        var min = reader.Signed();
        var max = min + (long)reader.Unsigned();
        var (timeChunk, valueChunk) = (reader.Count(int.MaxValue), reader.Count(int.MaxValue));
        BlockStatistics? statistics = null;
        if (reader.Byte() != 0)
        {
            statistics = new(
                ReadNumber(ref reader, type),
                ReadNumber(ref reader, type),
                ReadNumber(ref reader, type),
                ReadNumber(ref reader, type),
                ReadNumber(ref reader, type)
            );
        }

        return count > 0 && max >= min
            ? new Described(count, min, max, statistics, timeChunk, valueChunk)
            : throw ByteReader.Corrupt("a block's description");
    }

    private static void WriteNumber(ByteWriter writer, FieldValue value)
    {
        if (value.Type == FieldType.Integer)
        {
            writer.Signed(value.Integer);
        }
        else
        {
            writer.Double(value.Float);
        }
    }

    private static FieldValue ReadNumber(ref ByteReader reader, FieldType type) =>
        type == FieldType.Integer ? FieldValue.Of(reader.Signed()) : FieldValue.Of(reader.Double());

    private static Range[] ReadChunks(ref ByteReader reader)
    {
        var ranges = new Range[reader.Count(reader.Remaining)];
        var lengths = new int[ranges.Length];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = reader.Count(reader.Remaining);
        }

        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = reader.Position..(reader.Position + lengths[i]);
            reader.Bytes(lengths[i]);
        }

        return ranges;
    }

    private readonly record struct Described(int Count, long Min, long Max, BlockStatistics? Statistics, int TimeChunk, int ValueChunk)
    {
        public Block Locate(Range[] chunks) =>
            TimeChunk < chunks.Length && ValueChunk < chunks.Length
                ? new Block(Count, Min, Max, Statistics, chunks[TimeChunk], chunks[ValueChunk])
                : throw ByteReader.Corrupt("a chunk outside its row");
    }
}
