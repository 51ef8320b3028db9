using System.Text;

namespace Serverless.Domain.Time;

/// <summary>Writes times as RFC 3339 in UTC with the literal Z, and only as many digits of a fraction as there are.</summary>
public static class Rfc3339
{
    /// <summary>The longest text written: 2020-07-21T11:43:05.123456789Z.</summary>
    public const int MaxLength = 30;

    /// <summary>Writes a time as UTF-8.</summary>
    /// <param name="nanoseconds">Nanoseconds since 1970.</param>
    /// <param name="utf8">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="digits">The most digits of the fraction; what lies beyond is dropped.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(long nanoseconds, Span<byte> utf8, int digits = 9)
    {
        var (seconds, fraction) = Math.DivRem(nanoseconds, 1_000_000_000);
        if (fraction < 0)
        {
            (seconds, fraction) = (seconds - 1, fraction + 1_000_000_000);
        }

        DateTime.UnixEpoch.AddSeconds(seconds).TryFormat(utf8, out var length, "yyyy-MM-dd'T'HH:mm:ss");
        Span<byte> decimals = stackalloc byte[9];
        for (var i = 8; i >= 0; i--)
        {
            (fraction, var digit) = Math.DivRem(fraction, 10);
            decimals[i] = (byte)('0' + digit);
        }

        var kept = decimals[..digits].TrimEnd((byte)'0');
        if (!kept.IsEmpty)
        {
            utf8[length++] = (byte)'.';
            kept.CopyTo(utf8[length..]);
            length += kept.Length;
        }

        utf8[length++] = (byte)'Z';
        return length;
    }

    /// <summary>The time as a text.</summary>
    public static string ToText(long nanoseconds, int digits = 9)
    {
        Span<byte> utf8 = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(utf8[..Write(nanoseconds, utf8, digits)]);
    }
}
