using System.Numerics;
using System.Runtime.InteropServices;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>sum of floats, added one after the other as the real server does, so that the last digit agrees.</summary>
internal sealed class FloatSumReducer : Reducer
{
    private double sum;

    public override void Add(Batch batch, int start, int end) => sum = Sums.Add(sum, batch.Columns[0].Floats[start..end]);

    public override void Emit(PointWriter output)
    {
        output.Add(PointWriter.NoTime);
        output.Value.Add(sum);
        sum = 0;
    }
}

/// <summary>sum of integers; beyond 64 bits it wraps.</summary>
internal sealed class IntegerSumReducer : Reducer
{
    private long sum;

    public override void Add(Batch batch, int start, int end) => sum = unchecked(sum + Sums.Of(batch.Columns[0].Integers[start..end]));

    public override void Emit(PointWriter output)
    {
        output.Add(PointWriter.NoTime);
        output.Value.Add(sum);
        sum = 0;
    }
}

/// <summary>mean of floats.</summary>
internal sealed class FloatMeanReducer : Reducer
{
    private double sum;
    private long count;

    public override void Add(Batch batch, int start, int end)
    {
        sum = Sums.Add(sum, batch.Columns[0].Floats[start..end]);
        count += end - start;
    }

    public override void Emit(PointWriter output)
    {
        output.Add(PointWriter.NoTime);
        output.Value.Add(sum / count);
        (sum, count) = (0, 0);
    }
}

/// <summary>mean of integers: their sum, which wraps beyond 64 bits, divided as floats.</summary>
internal sealed class IntegerMeanReducer : Reducer
{
    private long sum;
    private long count;

    public override void Add(Batch batch, int start, int end)
    {
        sum = unchecked(sum + Sums.Of(batch.Columns[0].Integers[start..end]));
        count += end - start;
    }

    public override void Emit(PointWriter output)
    {
        output.Add(PointWriter.NoTime);
        output.Value.Add((double)sum / count);
        (sum, count) = (0, 0);
    }
}

/// <summary>Sums of spans.</summary>
internal static class Sums
{
    public static double Add(double sum, ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    public static long Of(ReadOnlySpan<long> values)
    {
        var vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        var partial = Vector<long>.Zero;
        foreach (var vector in vectors)
        {
            partial += vector;
        }

        var sum = Vector.Sum(partial);
        foreach (var value in values[(vectors.Length * Vector<long>.Count)..])
        {
            sum = unchecked(sum + value);
        }

        return sum;
    }
}
