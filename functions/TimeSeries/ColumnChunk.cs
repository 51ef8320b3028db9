using Serverless.Domain.Series;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Rows;

namespace Serverless.TimeSeries;

/// <summary>Some points of one field, of one type: times in ascending order, each once, and as many values. Not for several threads at a time.</summary>
/// <remarks>A chunk that is a whole sealed block is decoded when its times or values are first asked for; whoever is content with its statistics spares that.</remarks>
public sealed class ColumnChunk
{
    private readonly SealedRowData? row;
    private readonly Block block;
    private ReadOnlyMemory<long>? times;
    private ColumnValues? values;

    internal ColumnChunk(SealedRowData row, FieldType type, Block block)
    {
        this.row = row;
        this.block = block;
        (Type, Count, MinTime, MaxTime, Statistics) = (type, block.Count, block.MinTime, block.MaxTime, block.Statistics);
    }

    internal ColumnChunk(PointColumn column)
    {
        (times, values) = (column.TimeMemory, column.Values);
        (Type, Count, MinTime, MaxTime) = (column.Type, column.Count, column.Times[0], column.Times[^1]);
    }

    /// <summary>The type of all its values.</summary>
    public FieldType Type { get; }

    /// <summary>How many points; at least one.</summary>
    public int Count { get; }

    /// <summary>The first time, in nanoseconds since 1970.</summary>
    public long MinTime { get; }

    /// <summary>The last time, in nanoseconds since 1970.</summary>
    public long MaxTime { get; }

    /// <summary>The statistics of all its points where they are at hand, else null.</summary>
    public BlockStatistics? Statistics { get; }

    /// <summary>The times, ascending, in nanoseconds since 1970.</summary>
    /// <exception cref="InvalidDataException">The stored block is corrupt; so for the values.</exception>
    public ReadOnlyMemory<long> Times => times ??= row!.DecodeTimes(block);

    /// <summary>The values of a chunk of <see cref="FieldType.Float"/>; of another type an <see cref="InvalidCastException"/>. So for the other three.</summary>
    public ReadOnlyMemory<double> Floats => ((FloatValues)Values).Memory;

    public ReadOnlyMemory<long> Integers => ((IntegerValues)Values).Memory;

    public ReadOnlyMemory<bool> Booleans => ((BooleanValues)Values).Memory;

    public ReadOnlyMemory<string> Strings => ((StringValues)Values).Memory;

    private ColumnValues Values => values ??= row!.DecodeValues(Type, block);

    /// <summary>The value at a position, whatever the type.</summary>
    public FieldValue ValueAt(int index) => Values[index];
}
