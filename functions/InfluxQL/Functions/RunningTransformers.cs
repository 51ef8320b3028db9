using System.Numerics;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>cumulative_sum; of integers it wraps beyond 64 bits.</summary>
internal sealed class CumulativeSumTransformer<T, TType> : Transformer
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    private T sum;

    public override void Transform(Batch batch, PointWriter output)
    {
        var times = batch.Times.Span;
        var values = TType.Read(batch.Columns[0]);
        for (var i = 0; i < times.Length; i++)
        {
            sum = unchecked(sum + values[i]);
            output.Add(times[i]);
            TType.Write(output.Value, sum);
        }
    }
}

/// <summary>moving_average: the mean of the last points, once there are so many.</summary>
internal sealed class MovingAverageTransformer<T, TType>(int length) : Transformer
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    private readonly List<T> ring = [];
    private int next;
    private T sum;

    public override void Transform(Batch batch, PointWriter output)
    {
        var times = batch.Times.Span;
        var values = TType.Read(batch.Columns[0]);
        for (var i = 0; i < times.Length; i++)
        {
            Push(values[i]);
            if (ring.Count == length)
            {
                output.Add(times[i]);
                output.Value.Add(double.CreateTruncating(sum) / length);
            }
        }
    }

    /// <summary>The sum is carried on, not formed anew: its rounding is then the real server's.</summary>
    private void Push(T value)
    {
        if (ring.Count < length)
        {
            ring.Add(value);
        }
        else
        {
            sum = unchecked(sum - ring[next]);
            ring[next] = value;
        }

        sum = unchecked(sum + value);
        next = (next + 1) % length;
    }
}
