using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Columns;

namespace Serverless.TimeSeries.Rows;

/// <summary>The blocks of one field and type in a row, in order of time.</summary>
internal sealed record RowColumn(string Field, FieldType Type, Block[] Blocks)
{
    /// <summary>Whether each block begins after the one before it ends, as is written.</summary>
    public bool IsOrdered { get; } =
        Enumerable.Range(1, Math.Max(0, Blocks.Length - 1)).All(i => Blocks[i].MinTime > Blocks[i - 1].MaxTime);
}

/// <summary>A sealed row with its directory read and its blocks still encoded.</summary>
internal sealed class SealedRowData(long sequence, ReadOnlyMemory<byte> payload, SeriesKey series, RowColumn[] columns)
{
    private const int RowOverhead = 512;
    private const int BlockOverhead = 200;
    private const int FewColumns = 16;

    private readonly Lazy<ILookup<string, RowColumn>> byField = new(() => columns.ToLookup(column => column.Field));
    private readonly WeakReference<long[]?> lastTimes = new(null);
    private Range lastChunk;

    public long Sequence { get; } = sequence;

    public SeriesKey Series { get; } = series;

    public RowColumn[] Columns { get; } = columns;

    /// <summary>About how many bytes it takes in memory.</summary>
    public int Bytes { get; } = payload.Length + RowOverhead + (columns.Sum(column => column.Blocks.Length) * BlockOverhead);

    /// <summary>The columns of a field: one for each type that it has. Few columns are looked through, many are looked up.</summary>
    public IEnumerable<RowColumn> ColumnsOf(string field) =>
        Columns.Length <= FewColumns ? Columns.Where(column => column.Field == field) : byField.Value[field];

    /// <summary>The step of a block's times where they are regular, found without decoding them; else null.</summary>
    public long? StepOf(in Block block) =>
        IntegerCodec.TryReadLine(payload.Span[block.Times], out var first, out var step)
        && first == block.MinTime
        && step > 0
        && first + (Int128)step * (block.Count - 1) == block.MaxTime
            ? step
            : null;

    /// <summary>The times of a block; blocks that share them get the same array while somebody holds it.</summary>
    public long[] DecodeTimes(in Block block)
    {
        lock (lastTimes)
        {
            if (lastChunk.Equals(block.Times) && lastTimes.TryGetTarget(out var known) && known.Length == block.Count)
            {
                return known;
            }
        }

        var times = GC.AllocateUninitializedArray<long>(block.Count);
        var reader = new ByteReader(payload.Span[block.Times]);
        IntegerCodec.Decode(ref reader, times);
        lock (lastTimes)
        {
            lastChunk = block.Times;
            lastTimes.SetTarget(times);
        }

        return times;
    }

    public ColumnValues DecodeValues(FieldType type, in Block block)
    {
        var values = ColumnValues.Of(type);
        var reader = new ByteReader(payload.Span[block.Values]);
        values.Decode(ref reader, block.Count);
        return values;
    }

    /// <summary>Decodes the floats of a block to a buffer's beginning.</summary>
    /// <exception cref="InvalidCastException">They are of another type; so for integers.</exception>
    public void DecodeFloats(FieldType type, in Block block, Span<double> buffer)
    {
        Expect(type, FieldType.Float);
        var reader = new ByteReader(payload.Span[block.Values]);
        FloatCodec.Decode(ref reader, buffer[..block.Count]);
    }

    public void DecodeIntegers(FieldType type, in Block block, Span<long> buffer)
    {
        Expect(type, FieldType.Integer);
        var reader = new ByteReader(payload.Span[block.Values]);
        IntegerCodec.Decode(ref reader, buffer[..block.Count]);
    }

    /// <summary>Appends a block's points to a column.</summary>
    public void DecodeInto(PointColumn column, Block block) =>
        column.Append(DecodeTimes(block), DecodeValues(column.Type, block), 0, Sequence);

    private static void Expect(FieldType found, FieldType wanted)
    {
        if (found != wanted)
        {
            throw new InvalidCastException($"The values are of type {found}, not {wanted}.");
        }
    }
}
