using System.Numerics;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>A transformation of each point and the one before it; of several points at one time only the first counts.</summary>
internal abstract class StepTransformer<T, TType> : Transformer
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    private bool any;
    private long lastTime;
    private T last;

    public sealed override void Transform(Batch batch, PointWriter output)
    {
        var times = batch.Times.Span;
        var values = TType.Read(batch.Columns[0]);
        for (var i = 0; i < times.Length; i++)
        {
            if (any && times[i] == lastTime)
            {
                continue;
            }

            if (any)
            {
                Step(times[i], unchecked(times[i] - lastTime), unchecked(values[i] - last), output);
            }

            (any, lastTime, last) = (true, times[i], values[i]);
        }
    }

    /// <param name="time">The time of the point.</param>
    /// <param name="elapsed">The nanoseconds since the one before; negative in descending order.</param>
    /// <param name="difference">By how much its value is greater; of integers it wraps beyond 64 bits.</param>
    /// <param name="output">Where a point is added for it.</param>
    protected abstract void Step(long time, long elapsed, T difference, PointWriter output);
}

/// <summary>derivative and non_negative_derivative: the difference to the point before for each unit of time between them.</summary>
internal sealed class DerivativeTransformer<T, TType>(long unit, bool nonNegative, bool ascending) : StepTransformer<T, TType>
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    protected override void Step(long time, long elapsed, T difference, PointWriter output)
    {
        if (nonNegative && difference < T.Zero)
        {
            return;
        }

        output.Add(time);
        output.Value.Add(double.CreateTruncating(difference) / ((double)(ascending ? elapsed : -elapsed) / unit));
    }
}

/// <summary>difference and non_negative_difference.</summary>
internal sealed class DifferenceTransformer<T, TType>(bool nonNegative) : StepTransformer<T, TType>
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    protected override void Step(long time, long elapsed, T difference, PointWriter output)
    {
        if (nonNegative && difference < T.Zero)
        {
            return;
        }

        output.Add(time);
        TType.Write(output.Value, difference);
    }
}
