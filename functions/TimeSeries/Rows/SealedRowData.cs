using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Columns;

namespace Serverless.TimeSeries.Rows;

/// <summary>The blocks of one field and type in a row, in order of time.</summary>
internal sealed record RowColumn(string Field, FieldType Type, Block[] Blocks);

/// <summary>A sealed row with its directory read and its blocks still encoded.</summary>
internal sealed class SealedRowData(long sequence, ReadOnlyMemory<byte> payload, SeriesKey series, RowColumn[] columns)
{
    public long Sequence { get; } = sequence;

    public SeriesKey Series { get; } = series;

    public RowColumn[] Columns { get; } = columns;

    public int Bytes => payload.Length;

    public long[] DecodeTimes(Block block)
    {
        var times = new long[block.Count];
        var reader = new ByteReader(payload.Span[block.Times]);
        IntegerCodec.Decode(ref reader, times);
        return times;
    }

    public ColumnValues DecodeValues(FieldType type, Block block)
    {
        var values = ColumnValues.Of(type);
        var reader = new ByteReader(payload.Span[block.Values]);
        values.Decode(ref reader, block.Count);
        return values;
    }

    /// <summary>Appends a block's points to a column.</summary>
    public void DecodeInto(PointColumn column, Block block) =>
        column.Append(DecodeTimes(block), DecodeValues(column.Type, block), 0, Sequence);
}
