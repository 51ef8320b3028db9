using System.Globalization;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes floats as Go does: the fewest digits that read back as the same number.</summary>
internal static class GoFloat
{
    /// <summary>The most bytes that <see cref="FormatJson"/> writes.</summary>
    public const int MaxJson = 32;

    /// <summary>The most bytes that <see cref="FormatPlain"/> writes.</summary>
    public const int MaxPlain = 352;

    private const double MostExact = 1e15;
    private static ReadOnlySpan<double> Powers => [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
    private static ReadOnlySpan<ulong> Units => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

    /// <summary>As encoding/json: an exponent below 1e-6 and from 1e21 on, as in 1e-7 and 1e+21.</summary>
    /// <param name="value">A finite number.</param>
    /// <param name="destination">Room for <see cref="MaxJson"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int FormatJson(double value, Span<byte> destination)
    {
        var length = FormatShort(value, destination);
        return length > 0 ? length : FormatAny(value, destination, -6, 21);
    }

    /// <summary>As strconv's format 'f': never an exponent; infinite numbers are +Inf and -Inf.</summary>
    /// <param name="value">Any number but NaN.</param>
    /// <param name="destination">Room for <see cref="MaxPlain"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int FormatPlain(double value, Span<byte> destination)
    {
        if (double.IsInfinity(value))
        {
            (value > 0 ? "+Inf"u8 : "-Inf"u8).CopyTo(destination);
            return 4;
        }

        var length = FormatShort(value, destination);
        return length > 0 ? length : FormatAny(value, destination, int.MinValue, int.MaxValue);
    }

    /// <summary>Integers, and numbers of few decimals: no two decimals of up to 15 digits are the same float, so the first that is this one is the shortest.</summary>
    /// <returns>How many bytes were written; 0 where the number is not so simple.</returns>
    private static int FormatShort(double value, Span<byte> destination)
    {
        var size = Math.Abs(value);
        if (!(size < MostExact))
        {
            return 0;
        }

        for (var decimals = 0; decimals < Powers.Length; decimals++)
        {
            var scaled = Math.Round(size * Powers[decimals]);
            if (scaled >= MostExact)
            {
                return 0;
            }

            if (scaled / Powers[decimals] == size)
            {
                return Format((ulong)scaled, decimals, double.IsNegative(value), destination);
            }
        }

        return 0;
    }

    private static int Format(ulong scaled, int decimals, bool negative, Span<byte> destination)
    {
        var length = 0;
        if (negative)
        {
            destination[length++] = (byte)'-';
        }

        var (whole, fraction) = Math.DivRem(scaled, Units[decimals]);
        whole.TryFormat(destination[length..], out var written, default, CultureInfo.InvariantCulture);
        length += written;
        if (decimals == 0)
        {
            return length;
        }

        destination[length] = (byte)'.';
        for (var i = length + decimals; i > length; i--)
        {
            (fraction, var digit) = Math.DivRem(fraction, 10);
            destination[i] = (byte)('0' + digit);
        }

        return length + decimals + 1;
    }

    /// <summary>Lays out the digits that .NET finds, which are as few as Go's.</summary>
    /// <param name="value">A finite number.</param>
    /// <param name="destination">Where to write.</param>
    /// <param name="smallest">The smallest exponent that is written plainly.</param>
    /// <param name="tooLarge">The exponent from which on it is not.</param>
    private static int FormatAny(double value, Span<byte> destination, int smallest, int tooLarge)
    {
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var written, default, CultureInfo.InvariantCulture);
        text = text[..written];
        var at = text.IndexOf((byte)'E');
        if (at < 0)
        {
            text.CopyTo(destination);
            return written;
        }

        var exponent = int.Parse(text[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var length = 0;
        if (text[0] == '-')
        {
            destination[length++] = (byte)'-';
            text = text[1..];
            at--;
        }

        // The digits without their point, which stands behind the first.
        Span<byte> digits = stackalloc byte[at];
        digits[0] = text[0];
        text[Math.Min(2, at)..at].CopyTo(digits[1..]);
        digits = digits[..Math.Max(1, at - 1)];
        return length
            + (
                exponent < smallest || exponent >= tooLarge
                    ? Scientific(digits, exponent, destination[length..])
                    : Plain(digits, exponent, destination[length..])
            );
    }

    private static int Scientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        var length = 0;
        destination[length++] = digits[0];
        if (digits.Length > 1)
        {
            destination[length++] = (byte)'.';
            digits[1..].CopyTo(destination[length..]);
            length += digits.Length - 1;
        }

        destination[length++] = (byte)'e';
        destination[length++] = exponent < 0 ? (byte)'-' : (byte)'+';
        Math.Abs(exponent).TryFormat(destination[length..], out var written, default, CultureInfo.InvariantCulture);
        return length + written;
    }

    private static int Plain(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        if (exponent < 0)
        {
            var zeros = -exponent - 1;
            "0."u8.CopyTo(destination);
            destination.Slice(2, zeros).Fill((byte)'0');
            digits.CopyTo(destination[(2 + zeros)..]);
            return 2 + zeros + digits.Length;
        }

        var whole = exponent + 1;
        if (digits.Length <= whole)
        {
            digits.CopyTo(destination);
            destination[digits.Length..whole].Fill((byte)'0');
            return whole;
        }

        digits[..whole].CopyTo(destination);
        destination[whole] = (byte)'.';
        digits[whole..].CopyTo(destination[(whole + 1)..]);
        return digits.Length + 1;
    }
}
