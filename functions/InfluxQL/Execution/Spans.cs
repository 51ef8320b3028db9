using System.Numerics;
using System.Runtime.InteropServices;

namespace Serverless.InfluxQL.Execution;

/// <summary>Arithmetic on stretches of values, by vectors where they are long enough.</summary>
internal static class Spans
{
    /// <summary>The sum, added one after the other, from the last on where asked: sums of floats are then the real server's to the last bit.</summary>
    public static T Sum<T>(ReadOnlySpan<T> values, bool backwards)
        where T : unmanaged, INumber<T>
    {
        var sum = T.Zero;
        if (backwards)
        {
            for (var i = values.Length - 1; i >= 0; i--)
            {
                sum += values[i];
            }

            return sum;
        }

        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    /// <summary>The greatest or the least of at least one value.</summary>
    public static T Extreme<T>(ReadOnlySpan<T> values, bool greatest)
        where T : unmanaged, INumber<T> => greatest ? Max(values) : Min(values);

    public static T Max<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        var best = values[0];
        if (values.Length >= 2 * Vector<T>.Count)
        {
            var vectors = MemoryMarshal.Cast<T, Vector<T>>(values);
            var found = vectors[0];
            for (var i = 1; i < vectors.Length; i++)
            {
                found = Vector.Max(found, vectors[i]);
            }

            for (var i = 0; i < Vector<T>.Count; i++)
            {
                best = found[i] > best ? found[i] : best;
            }

            values = values[(vectors.Length * Vector<T>.Count)..];
        }

        foreach (var value in values)
        {
            best = value > best ? value : best;
        }

        return best;
    }

    public static T Min<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        var best = values[0];
        if (values.Length >= 2 * Vector<T>.Count)
        {
            var vectors = MemoryMarshal.Cast<T, Vector<T>>(values);
            var found = vectors[0];
            for (var i = 1; i < vectors.Length; i++)
            {
                found = Vector.Min(found, vectors[i]);
            }

            for (var i = 0; i < Vector<T>.Count; i++)
            {
                best = found[i] < best ? found[i] : best;
            }

            values = values[(vectors.Length * Vector<T>.Count)..];
        }

        foreach (var value in values)
        {
            best = value < best ? value : best;
        }

        return best;
    }
}
