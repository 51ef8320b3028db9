namespace Serverless.InfluxQL.Evaluation.Mathematics;

/// <summary>
/// sin, cos and tan by the approximations of the Cephes library (S. Moshier, 1984 to 2000), which the real server's language uses: their last digit is not always that of
/// the platform's.
/// </summary>
internal static class Trigonometry
{
    private static readonly double[] SinTerms =
    [
        1.58962301576546568060e-10,
        -2.50507477628578072866e-8,
        2.75573136213857245213e-6,
        -1.98412698295895385996e-4,
        8.33333333332211858878e-3,
        -1.66666666666666307295e-1,
    ];

    private static readonly double[] CosTerms =
    [
        -1.13585365213876817300e-11,
        2.08757008419747316778e-9,
        -2.75573141792967388112e-7,
        2.48015872888517045348e-5,
        -1.38888888888730564116e-3,
        4.16666666666665929218e-2,
    ];

    private static readonly double[] TanUpper = [-1.30936939181383777646e4, 1.15351664838587416140e6, -1.79565251976484877988e7];

    private static readonly double[] TanLower =
    [
        1,
        1.36812963470692954678e4,
        -1.32089234440210967447e6,
        2.50083801823357915839e7,
        -5.38695755929454629881e7,
    ];

    public static double Sin(double x)
    {
        if (x == 0 || !double.IsFinite(x))
        {
            return double.IsFinite(x) ? x : double.NaN;
        }

        var (octant, rest) = AngleReduction.Reduce(Math.Abs(x));
        var value = octant % 4 is 1 or 2 ? NearCos(rest) : NearSin(rest);
        return (x < 0) ^ (octant > 3) ? -value : value;
    }

    public static double Cos(double x)
    {
        if (!double.IsFinite(x))
        {
            return double.NaN;
        }

        var (octant, rest) = AngleReduction.Reduce(Math.Abs(x));
        var value = octant % 4 is 1 or 2 ? NearSin(rest) : NearCos(rest);
        return (octant > 3) ^ (octant % 4 > 1) ? -value : value;
    }

    public static double Tan(double x)
    {
        if (x == 0 || !double.IsFinite(x))
        {
            return double.IsFinite(x) ? x : double.NaN;
        }

        var (octant, rest) = AngleReduction.Reduce(Math.Abs(x));
        var square = rest * rest;
        var value = square > 1e-14 ? rest + (rest * (square * Polynomial.At(TanUpper, square) / Polynomial.At(TanLower, square))) : rest;
        value = (octant & 2) != 0 ? -1 / value : value;
        return x < 0 ? -value : value;
    }

    private static double NearSin(double x)
    {
        var square = x * x;
        return x + (x * square * Polynomial.At(SinTerms, square));
    }

    private static double NearCos(double x)
    {
        var square = x * x;
        return 1 - (0.5 * square) + (square * square * Polynomial.At(CosTerms, square));
    }
}
