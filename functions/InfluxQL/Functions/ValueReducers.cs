using System.Numerics;
using System.Runtime.InteropServices;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>Keeps the numbers of a window and gives one float for them.</summary>
internal abstract class ValueReducer<T, TType> : Reducer
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    private readonly List<T> values = [];

    public override long Held => (long)values.Capacity * TType.Size;

    public override void Add(Batch batch, int start, int end) => values.AddRange(TType.Read(batch.Columns[0])[start..end]);

    public override void Emit(PointWriter output)
    {
        output.Add(PointWriter.NoTime);
        output.Value.Add(Reduce(CollectionsMarshal.AsSpan(values)));
        values.Clear();
    }

    /// <param name="kept">The values in the order in which they came; at least one. They may be put into another order.</param>
    protected abstract double Reduce(Span<T> kept);
}

/// <summary>median: the middle value, or the mean of the two middle ones.</summary>
internal sealed class MedianReducer<T, TType> : ValueReducer<T, TType>
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    protected override double Reduce(Span<T> kept)
    {
        kept.Sort();
        var middle = kept.Length / 2;
        if (kept.Length % 2 == 1)
        {
            return double.CreateTruncating(kept[middle]);
        }

        // The difference of integers wraps beyond 64 bits, as it does in the real server.
        var low = kept[middle - 1];
        return double.CreateTruncating(low) + (double.CreateTruncating(unchecked(kept[middle] - low)) / 2);
    }
}

/// <summary>stddev of a sample; of one value it is not a number.</summary>
internal sealed class DeviationReducer<T, TType> : ValueReducer<T, TType>
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    protected override double Reduce(Span<T> kept)
    {
        if (kept.Length < 2)
        {
            return double.NaN;
        }

        // The mean is formed step by step, as the real server forms it: so the last digits agree.
        var mean = 0.0;
        var count = 0;
        foreach (var value in kept)
        {
            if (!T.IsNaN(value))
            {
                count++;
                mean += (double.CreateTruncating(value) - mean) / count;
            }
        }

        var squares = 0.0;
        foreach (var value in kept)
        {
            if (!T.IsNaN(value))
            {
                var distance = double.CreateTruncating(value) - mean;
                squares += distance * distance;
            }
        }

        return Math.Sqrt(squares / (count - 1));
    }
}
