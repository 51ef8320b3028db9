using System.Numerics;
using System.Runtime.InteropServices;

namespace Serverless.InfluxQL.Functions;

/// <summary>The least and greatest of spans. A float that is no number never wins against one that came before it.</summary>
internal static class Extremes
{
    /// <summary>The least of a start value and those of the span.</summary>
    public static T Least<T>(T start, ReadOnlySpan<T> values)
        where T : struct, INumber<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(values);
        if (vectors.Length > 0)
        {
            var best = new Vector<T>(start);
            foreach (var vector in vectors)
            {
                best = Vector.ConditionalSelect(Vector.LessThan(vector, best), vector, best);
            }

            for (var lane = 0; lane < Vector<T>.Count; lane++)
            {
                start = best[lane] < start ? best[lane] : start;
            }
        }

        foreach (var value in values[(vectors.Length * Vector<T>.Count)..])
        {
            start = value < start ? value : start;
        }

        return start;
    }

    /// <summary>The greatest of a start value and those of the span.</summary>
    public static T Greatest<T>(T start, ReadOnlySpan<T> values)
        where T : struct, INumber<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(values);
        if (vectors.Length > 0)
        {
            var best = new Vector<T>(start);
            foreach (var vector in vectors)
            {
                best = Vector.ConditionalSelect(Vector.GreaterThan(vector, best), vector, best);
            }

            for (var lane = 0; lane < Vector<T>.Count; lane++)
            {
                start = best[lane] > start ? best[lane] : start;
            }
        }

        foreach (var value in values[(vectors.Length * Vector<T>.Count)..])
        {
            start = value > start ? value : start;
        }

        return start;
    }
}
