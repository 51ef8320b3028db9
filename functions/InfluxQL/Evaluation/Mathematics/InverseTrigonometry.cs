namespace Serverless.InfluxQL.Evaluation.Mathematics;

/// <summary>asin, acos, atan and atan2 by the approximations of the Cephes library (S. Moshier), as <see cref="Trigonometry"/>.</summary>
internal static class InverseTrigonometry
{
    /// <summary>What π/2 is more than its nearest float.</summary>
    private const double RestOfHalfPi = 6.123233995736765886130e-17;

    private const double HalfPi = Math.PI / 2;
    private const double QuarterPi = Math.PI / 4;

    private static readonly double[] Upper =
    [
        -8.750608600031904122785e-01,
        -1.615753718733365076637e+01,
        -7.500855792314704667340e+01,
        -1.228866684490136173410e+02,
        -6.485021904942025371773e+01,
    ];

    private static readonly double[] Lower =
    [
        1,
        2.485846490142306297962e+01,
        1.650270098316988542046e+02,
        4.328810604912902668951e+02,
        4.853903996359136964868e+02,
        1.945506571482613964425e+02,
    ];

    public static double Asin(double x)
    {
        var size = Math.Abs(x);
        if (x == 0 || !(size <= 1))
        {
            return x == 0 ? x : double.NaN;
        }

        var other = Math.Sqrt(1 - (size * size));
        var angle = size > 0.7 ? HalfPi - OfPositive(other / size) : OfPositive(size / other);
        return x < 0 ? -angle : angle;
    }

    public static double Acos(double x) => HalfPi - Asin(x);

    public static double Atan(double x) =>
        x == 0 ? x
        : x < 0 ? -OfPositive(-x)
        : OfPositive(x);

    public static double Atan2(double y, double x)
    {
        if (y == 0 || x == 0 || !double.IsFinite(y) || !double.IsFinite(x))
        {
            return Math.Atan2(y, x);
        }

        var angle = Atan(y / x);
        return x >= 0 ? angle
            : angle <= 0 ? angle + Math.PI
            : angle - Math.PI;
    }

    private static double OfPositive(double x) =>
        x <= 0.66 ? Near(x)
        : x > 2.41421356237309504880 ? HalfPi - Near(1 / x) + RestOfHalfPi
        : QuarterPi + Near((x - 1) / (x + 1)) + (0.5 * RestOfHalfPi);

    /// <summary>The arctangent of 0 to 0.66.</summary>
    private static double Near(double x)
    {
        var square = x * x;
        return (x * (square * Polynomial.At(Upper, square) / Polynomial.At(Lower, square))) + x;
    }
}
