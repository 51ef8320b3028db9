using System.Numerics;

namespace Serverless.InfluxQL.Execution;

/// <summary>Arithmetic on stretches of values.</summary>
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
}
