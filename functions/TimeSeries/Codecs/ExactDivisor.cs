using System.Numerics;
using System.Runtime.InteropServices;

namespace Serverless.TimeSeries.Codecs;

/// <summary>Divides numbers that it divides without remainder, and tells which those are, by multiplication.</summary>
/// <remarks>An odd number has an inverse modulo 2^64; a multiple of it times the inverse is the quotient, anything else is more than any quotient (Granlund and Montgomery, PLDI 1994).</remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ExactDivisor
{
    private readonly ulong inverse;
    private readonly ulong mostQuotient;
    private readonly int shift;

    /// <param name="divisor">At least 1.</param>
    public ExactDivisor(ulong divisor)
    {
        shift = BitOperations.TrailingZeroCount(divisor);
        var odd = divisor >> shift;
        mostQuotient = ulong.MaxValue / odd;

        // Newton's iteration: each step doubles the bits that are right, from five.
        inverse = (3 * odd) ^ 2;
        for (var i = 0; i < 4; i++)
        {
            inverse *= 2 - (odd * inverse);
        }
    }

    public bool Divides(ulong value) => BitOperations.TrailingZeroCount(value) >= shift && (value >> shift) * inverse <= mostQuotient;

    /// <summary>Divides multiples of the divisor, of either sign.</summary>
    public void Divide(Span<long> multiples)
    {
        foreach (ref var value in multiples)
        {
            value = (value >> shift) * (long)inverse;
        }
    }
}
