namespace Serverless.InfluxQL.Evaluation.Mathematics;

/// <summary>Reduces angles to less than an eighth of a turn around a multiple of a quarter turn.</summary>
internal static class AngleReduction
{
    /// <summary>From here on π/4 in three parts is not exact enough.</summary>
    private const double Large = 1 << 29;

    private const double QuarterPi = Math.PI / 4;

    /// <summary>The binary digits of 4/π, 64 in each, the first before the point.</summary>
    private static readonly ulong[] FourByPi =
    [
        0x0000000000000001,
        0x45f306dc9c882a53,
        0xf84eafa3ea69bb81,
        0xb6c52b3278872083,
        0xfca2c757bd778ac3,
        0x6e48dc74849ba5c0,
        0x0c925dd413a32439,
        0xfc3bd63962534e7d,
        0xd1046bea5d768909,
        0xd338e04d68befc82,
        0x7323ac7306a673e9,
        0x3908bf177bf25076,
        0x3ff12fffbc0b301f,
        0xde5e2316b414da3e,
        0xda6cfd9e4f96136e,
        0x9e8c7ecd3cbfd45a,
        0xea4f758fd7cbe2f6,
        0x7a0e73ef14a525d4,
        0xd7f6bf623f1aba10,
        0xac06608df8f6d757,
    ];

    /// <param name="x">A positive, finite angle.</param>
    /// <returns>The even number of the octant, modulo 8, and the angle from its middle axis.</returns>
    public static (int Octant, double Angle) Reduce(double x)
    {
        if (x >= Large)
        {
            return ReduceLarge(x);
        }

        // π/4 in three parts (W. Cody, W. Waite, 1980).
        var octants = (long)(x * (4 / Math.PI));
        octants += octants & 1;
        var y = (double)octants;
        var rest = x - (y * 7.85398125648498535156e-1) - (y * 3.77489470793079817668e-8) - (y * 2.69515142907905952645e-15);
        return ((int)(octants & 7), rest);
    }

    /// <summary>With as many digits of 4/π as matter for the angle (M. Payne, R. Hanek, 1983; K. C. Ng, 1992).</summary>
    private static (int Octant, double Angle) ReduceLarge(double x)
    {
        var bits = BitConverter.DoubleToUInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023 - 52;
        var mantissa = (bits & ((1ul << 52) - 1)) | (1ul << 52);
        var (digit, shift) = Math.DivRem(exponent + 61, 64);
        var product = ((UInt128)unchecked(Digits(digit, shift) * mantissa) << 64) + ((UInt128)Digits(digit + 1, shift) * mantissa);
        product += Math.BigMul(Digits(digit + 2, shift), mantissa, out _);
        var octant = (int)(product >> 125);
        var fraction = product << 3;
        var zeros = (int)UInt128.LeadingZeroCount(fraction);
        var rest = BitConverter.UInt64BitsToDouble(((ulong)(1022 - zeros) << 52) | (ulong)(fraction << (zeros + 1) >> 76));
        return (octant & 1) == 1 ? ((octant + 1) & 7, (rest - 1) * QuarterPi) : (octant, rest * QuarterPi);
    }

    private static ulong Digits(int at, int shift) =>
        shift == 0 ? FourByPi[at] : (FourByPi[at] << shift) | (FourByPi[at + 1] >> (64 - shift));
}
