namespace Serverless.TimeSeries.Codecs;

/// <summary>Doubles that are short decimals, as integers times a power of ten, exactly.</summary>
/// <remarks>
/// After Afroozeh and Boncz, "ALP: Adaptive Lossless floating-Point Compression" (SIGMOD 2023), but with a division: an integer below 2^53 and a power of ten up to 10^22 are exact, and
/// IEEE division rounds correctly, so the quotient is the very double that the decimal's digits parse to.
/// </remarks>
internal static class DecimalScale
{
    /// <summary>The largest number of decimals.</summary>
    public const int Most = 18;

    private const double Exact = 1L << 53;
    private const int Samples = 64;
    private const int None = Most + 1;

    private static readonly double[] Powers =
    [
        1,
        1e1,
        1e2,
        1e3,
        1e4,
        1e5,
        1e6,
        1e7,
        1e8,
        1e9,
        1e10,
        1e11,
        1e12,
        1e13,
        1e14,
        1e15,
        1e16,
        1e17,
        1e18,
    ];

    public static double Power(int decimals) => Powers[decimals];

    /// <summary>Tries <paramref name="value"/> as <paramref name="scaled"/> / <paramref name="power"/>, equal in every bit.</summary>
    public static bool TryScale(double value, double power, out long scaled)
    {
        var product = Math.Round(value * power);
        if (!(Math.Abs(product) < Exact))
        {
            scaled = 0;
            return false;
        }

        scaled = (long)product;
        return BitConverter.DoubleToInt64Bits(scaled / power) == BitConverter.DoubleToInt64Bits(value);
    }

    /// <summary>The number of decimals that costs least over a sample: each one more widens every value, each one too few makes exceptions. -1 where most are no short decimals.</summary>
    public static int Choose(ReadOnlySpan<double> values)
    {
        Span<int> needing = stackalloc int[None + 1];
        needing.Clear();
        var stride = Math.Max(1, values.Length / Samples);
        var sampled = 0;
        for (var i = 0; i < values.Length; i += stride, sampled++)
        {
            needing[Decimals(values[i])]++;
        }

        var exceptions = sampled;
        var (best, bestCost) = (-1, double.MaxValue);
        for (var decimals = 0; decimals <= Most; decimals++)
        {
            exceptions -= needing[decimals];
            var cost = (sampled * decimals * 0.42) + (exceptions * 10);
            if (cost < bestCost && exceptions * 2 <= sampled)
            {
                (best, bestCost) = (decimals, cost);
            }
        }

        return best;
    }

    private static int Decimals(double value)
    {
        for (var decimals = 0; decimals <= Most; decimals++)
        {
            if (TryScale(value, Powers[decimals], out _))
            {
                return decimals;
            }
        }

        return None;
    }
}
