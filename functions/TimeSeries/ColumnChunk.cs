using Serverless.Domain.Series;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Rows;

namespace Serverless.TimeSeries;

/// <summary>Some points of one field, of one type: times in ascending order, each once, and as many values. Not for several threads at a time.</summary>
/// <remarks>
/// A chunk that lies in a sealed block is decoded when its times or values are first asked for; whoever is content with its statistics, or with first time and step, spares that. What was decoded
/// stays valid as long as somebody holds it. Chunks of several fields of one series that were written together have the same memory of times while one of them is held.
/// </remarks>
public sealed class ColumnChunk
{
    /// <summary>The most values that are decoded at a time.</summary>
    public const int MostDecoded = RowCodec.BlockPoints;

    private readonly SealedRowData? row;
    private readonly Block block;
    private readonly int start;
    private ReadOnlyMemory<long>? times;
    private ColumnValues? values;

    internal ColumnChunk(SealedRowData row, FieldType type, Block block)
    {
        (this.row, this.block, Step) = (row, block, row.StepOf(block));
        (Type, Count, MinTime, MaxTime, Statistics) = (type, block.Count, block.MinTime, block.MaxTime, block.Statistics);
    }

    internal ColumnChunk(PointColumn column)
    {
        (times, values) = (column.TimeMemory, column.Values);
        (Type, Count, MinTime, MaxTime) = (column.Type, column.Count, column.MinTime, column.MaxTime);
    }

    private ColumnChunk(SealedRowData row, FieldType type, Block block, int start, int count, long minTime, long maxTime)
    {
        (this.row, this.block, this.start, Step) = (row, block, start, row.StepOf(block));
        (Type, Count, MinTime, MaxTime) = (type, count, minTime, maxTime);
    }

    /// <summary>The type of all its values.</summary>
    public FieldType Type { get; }

    /// <summary>How many points; at least one.</summary>
    public int Count { get; }

    /// <summary>The first time, in nanoseconds since 1970.</summary>
    public long MinTime { get; }

    /// <summary>The last time, in nanoseconds since 1970.</summary>
    public long MaxTime { get; }

    /// <summary>The nanoseconds from each time to the next where that is known to be the same for all, without decoding them; else null.</summary>
    public long? Step { get; }

    /// <summary>The statistics of all its points where they are at hand, else null.</summary>
    public BlockStatistics? Statistics { get; }

    /// <summary>The times, ascending, in nanoseconds since 1970.</summary>
    /// <exception cref="InvalidDataException">The stored block is corrupt; so for the values.</exception>
    public ReadOnlyMemory<long> Times => times ??= row!.DecodeTimes(block).AsMemory(start, Count);

    /// <summary>The values of a chunk of <see cref="FieldType.Float"/>; of another type an <see cref="InvalidCastException"/>. So for the other three.</summary>
    public ReadOnlyMemory<double> Floats => ((FloatValues)Values).Memory;

    public ReadOnlyMemory<long> Integers => ((IntegerValues)Values).Memory;

    public ReadOnlyMemory<bool> Booleans => ((BooleanValues)Values).Memory;

    public ReadOnlyMemory<string> Strings => ((StringValues)Values).Memory;

    private ColumnValues Values => values ??= Decode();

    /// <summary>As <see cref="Floats"/>, for who needs them once: what must be decoded is decoded into a buffer and not remembered.</summary>
    /// <param name="buffer">At least <see cref="MostDecoded"/> long; what it then holds is the caller's business.</param>
    public ReadOnlyMemory<double> ReadFloats(double[] buffer)
    {
        if (values is not null)
        {
            return Floats;
        }

        row!.DecodeFloats(Type, block, buffer);
        return buffer.AsMemory(start, Count);
    }

    /// <summary>As <see cref="Integers"/>, likewise.</summary>
    public ReadOnlyMemory<long> ReadIntegers(long[] buffer)
    {
        if (values is not null)
        {
            return Integers;
        }

        row!.DecodeIntegers(Type, block, buffer);
        return buffer.AsMemory(start, Count);
    }

    /// <summary>The value at a position, whatever the type.</summary>
    public FieldValue ValueAt(int index) => Values[index];

    /// <summary>The points of a sealed block from a time until another, that itself within; null where there are none.</summary>
    internal static ColumnChunk? Of(SealedRowData row, FieldType type, Block block, long from, long last)
    {
        if (block.MinTime >= from && block.MaxTime <= last)
        {
            return new ColumnChunk(row, type, block);
        }

        if (row.StepOf(block) is { } step)
        {
            var first = from <= block.MinTime ? 0 : (int)(((ulong)(from - block.MinTime) + (ulong)step - 1) / (ulong)step);
            var end = last >= block.MaxTime ? block.Count - 1 : (int)((ulong)(last - block.MinTime) / (ulong)step);
            return first > end
                ? null
                : new ColumnChunk(row, type, block, first, end - first + 1, block.MinTime + (first * step), block.MinTime + (end * step));
        }

        var decoded = row.DecodeTimes(block);
        var (begin, after) = (LowerBound(decoded, from), last == long.MaxValue ? decoded.Length : LowerBound(decoded, last + 1));
        return begin >= after
            ? null
            : new ColumnChunk(row, type, block, begin, after - begin, decoded[begin], decoded[after - 1])
            {
                times = decoded.AsMemory(begin, after - begin),
            };
    }

    private static int LowerBound(long[] times, long time)
    {
        var at = times.AsSpan().BinarySearch(time);
        return at >= 0 ? at : ~at;
    }

    private ColumnValues Decode()
    {
        var whole = row!.DecodeValues(Type, block);
        return Count == block.Count ? whole : whole.Share(start, Count);
    }
}
