using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>Compares columns of 64-bit numbers with a constant, four at a time.</summary>
internal static class VectorComparison
{
    /// <summary>Four bits as four booleans of a byte each.</summary>
    private static readonly uint[] Spread =
    [
        .. Enumerable.Range(0, 16).Select(bits => (uint)((bits & 1) | ((bits & 2) << 7) | ((bits & 4) << 14) | ((bits & 8) << 21))),
    ];

    /// <param name="op">=, !=, &lt;, &lt;=, &gt; or &gt;=.</param>
    /// <param name="values">The left sides.</param>
    /// <param name="constant">The right side.</param>
    /// <param name="results">As long as the values.</param>
    public static void Compare<T>(Token op, ReadOnlySpan<T> values, T constant, Span<bool> results)
        where T : struct, INumber<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector256<T>>(values);
        var quads = MemoryMarshal.Cast<bool, uint>(results[..(vectors.Length * Vector256<T>.Count)]);
        switch (op)
        {
            case Token.Eq:
                for (var i = 0; i < vectors.Length; i++)
                {
                    quads[i] = Spread[Vector256.Equals(vectors[i], Vector256.Create(constant)).ExtractMostSignificantBits()];
                }

                break;
            case Token.Neq:
                for (var i = 0; i < vectors.Length; i++)
                {
                    quads[i] = Spread[(~Vector256.Equals(vectors[i], Vector256.Create(constant))).ExtractMostSignificantBits()];
                }

                break;
            case Token.Lt:
                for (var i = 0; i < vectors.Length; i++)
                {
                    quads[i] = Spread[Vector256.LessThan(vectors[i], Vector256.Create(constant)).ExtractMostSignificantBits()];
                }

                break;
            case Token.Lte:
                for (var i = 0; i < vectors.Length; i++)
                {
                    quads[i] = Spread[Vector256.LessThanOrEqual(vectors[i], Vector256.Create(constant)).ExtractMostSignificantBits()];
                }

                break;
            case Token.Gt:
                for (var i = 0; i < vectors.Length; i++)
                {
                    quads[i] = Spread[Vector256.GreaterThan(vectors[i], Vector256.Create(constant)).ExtractMostSignificantBits()];
                }

                break;
            default:
                for (var i = 0; i < vectors.Length; i++)
                {
                    quads[i] = Spread[Vector256.GreaterThanOrEqual(vectors[i], Vector256.Create(constant)).ExtractMostSignificantBits()];
                }

                break;
        }

        for (var i = vectors.Length * Vector256<T>.Count; i < values.Length; i++)
        {
            results[i] = Comparison.Holds(op, values[i], constant);
        }
    }
}
