namespace Serverless.InfluxQL.Evaluation.Mathematics;

/// <summary>
/// exp, logarithms and powers by the methods that the real server's language uses on its usual processors: exp of N. Shibata (2010), ln of FreeBSD's msun, powers by
/// squaring. Their last digit is not always that of the platform's.
/// </summary>
internal static class Exponentials
{
    private const double LogarithmOfTwo = 0.6931471805599453094172321214581766;
    private const double CommonLogarithmOfE = 0.43429448190325182765112891891660508;

    private static readonly double[] ExpTerms =
    [
        2.4801587301587301587e-5,
        1.9841269841269841270e-4,
        1.3888888888888888889e-3,
        8.3333333333333333333e-3,
        4.1666666666666666667e-2,
        1.6666666666666666667e-1,
        0.5,
        1,
    ];

    private static readonly double[] OddTerms =
    [
        1.479819860511658591e-01,
        1.818357216161805012e-01,
        2.857142874366239149e-01,
        6.666666666666735130e-01,
    ];
    private static readonly double[] EvenTerms = [1.531383769920937332e-01, 2.222219843214978396e-01, 3.999999999940941908e-01];

    public static double Exp(double x)
    {
        if (!double.IsFinite(x) || x > 7.09782712893384e+02 || x < -746)
        {
            return Math.Exp(x);
        }

        // The argument less a multiple of ln 2, whose halves are subtracted in turn, and a sixteenth of it.
        var scale = (int)Math.Round(x * 1.4426950408889634073599246810018920, MidpointRounding.ToEven);
        x = Math.FusedMultiplyAdd(-0.69314718055966295651160180568695068359375, scale, x);
        x = Math.FusedMultiplyAdd(-0.28235290563031577122588448175013436025525412068e-12, scale, x);
        x *= 0.0625;
        var series = ExpTerms[0];
        foreach (var term in ExpTerms.AsSpan(1))
        {
            series = Math.FusedMultiplyAdd(series, x, term);
        }

        // e^x - 1 is squared four times: (1 + a)² - 1 = a (a + 2).
        x *= series;
        x *= x + 2;
        x *= x + 2;
        x *= x + 2;
        return Math.ScaleB(Math.FusedMultiplyAdd(x, x + 2, 1), scale);
    }

    public static double Ln(double x)
    {
        if (!(x > 0) || double.IsInfinity(x))
        {
            return Math.Log(x);
        }

        var (fraction, exponent) = Split(x);
        if (fraction < 7.07106781186547524401e-01)
        {
            (fraction, exponent) = (fraction * 2, exponent - 1);
        }

        var f = fraction - 1;
        var s = f / (2 + f);
        var square = s * s;
        var fourth = square * square;
        var rest = (square * Polynomial.At(OddTerms, fourth)) + (fourth * Polynomial.At(EvenTerms, fourth));
        var half = 0.5 * f * f;
        return (exponent * 6.93147180369123816490e-01) - (half - ((s * (half + rest)) + (exponent * 1.90821492927058770002e-10)) - f);
    }

    public static double Log2(double x)
    {
        if (!(x > 0) || double.IsInfinity(x))
        {
            return Math.Log2(x);
        }

        var (fraction, exponent) = Split(x);
        return fraction == 0.5 ? exponent - 1 : (Ln(fraction) * (1 / LogarithmOfTwo)) + exponent;
    }

    public static double Log10(double x) => Ln(x) * CommonLogarithmOfE;

    public static double Pow(double x, double y)
    {
        if (x == 0 || y == 0 || x == 1 || !double.IsFinite(x) || !double.IsFinite(y) || Math.Abs(y) >= long.MaxValue)
        {
            return Math.Pow(x, y);
        }

        if (Math.Abs(y) == 0.5)
        {
            return y > 0 ? Math.Sqrt(x) : 1 / Math.Sqrt(x);
        }

        var whole = Math.Truncate(Math.Abs(y));
        var part = Math.Abs(y) - whole;
        if (part != 0 && x < 0)
        {
            return double.NaN;
        }

        if (part > 0.5)
        {
            (whole, part) = (whole + 1, part - 1);
        }

        var (power, scale) = Square(x, (long)whole, part == 0 ? 1 : Exp(part * Ln(x)));
        return y < 0 ? Math.ScaleB(1 / power, -scale) : Math.ScaleB(power, scale);
    }

    /// <summary>Multiplies a start by a whole power, the exponents of two kept apart.</summary>
    private static (double Value, int Exponent) Square(double x, long power, double start)
    {
        var (fraction, exponent) = Split(x);
        var scale = 0;
        for (; power != 0; power >>= 1)
        {
            // So large an exponent is beyond all floats, whatever follows.
            if (Math.Abs(exponent) > 1 << 12)
            {
                return (start, scale + exponent);
            }

            if ((power & 1) == 1)
            {
                start *= fraction;
                scale += exponent;
            }

            fraction *= fraction;
            exponent *= 2;
            if (fraction < 0.5)
            {
                fraction += fraction;
                exponent--;
            }
        }

        return (start, scale);
    }

    /// <summary>A number as a fraction of at least a half and less than 1, with its sign, times a power of two.</summary>
    private static (double Fraction, int Exponent) Split(double x)
    {
        var exponent = Math.ILogB(x) + 1;
        return (Math.ScaleB(x, -exponent), exponent);
    }
}
