using Serverless.Domain.Series;
using Serverless.TimeSeries.Columns;

namespace Serverless.TimeSeries;

/// <summary>What stands beside a sealed block of numbers, so that an aggregate over the whole of it needs no decoding.</summary>
/// <param name="Sum">The sum: a float of floats, added in order of time; an integer of integers.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
/// <param name="First">The value at the block's first time.</param>
/// <param name="Last">The value at the block's last time.</param>
public readonly record struct BlockStatistics(FieldValue Sum, FieldValue Min, FieldValue Max, FieldValue First, FieldValue Last)
{
    /// <summary>Null for booleans and strings, and where the sum of integers overflows.</summary>
    internal static BlockStatistics? Of(ColumnValues values, int start, int count) =>
        values switch
        {
            FloatValues floats => Of(floats.Span.Slice(start, count)),
            IntegerValues integers => Of(integers.Span.Slice(start, count)),
            _ => null,
        };

    private static BlockStatistics Of(ReadOnlySpan<double> values)
    {
        var (sum, min, max) = (0.0, values[0], values[0]);
        foreach (var value in values)
        {
            sum += value;
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return new(FieldValue.Of(sum), FieldValue.Of(min), FieldValue.Of(max), FieldValue.Of(values[0]), FieldValue.Of(values[^1]));
    }

    private static BlockStatistics? Of(ReadOnlySpan<long> values)
    {
        var (sum, min, max) = (Int128.Zero, values[0], values[0]);
        foreach (var value in values)
        {
            sum += value;
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return sum < long.MinValue || sum > long.MaxValue
            ? null
            : new(FieldValue.Of((long)sum), FieldValue.Of(min), FieldValue.Of(max), FieldValue.Of(values[0]), FieldValue.Of(values[^1]));
    }
}
