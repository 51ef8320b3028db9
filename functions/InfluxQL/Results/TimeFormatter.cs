using System.Globalization;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes times as numbers, or as RFC 3339 with as many digits of the second as it takes. Rows come in order of time: the date of the row before is remembered.</summary>
/// <param name="unit">Nanoseconds of the unit of numbers; 0 for text.</param>
internal sealed class TimeFormatter(long unit)
{
    /// <summary>The most bytes of a time.</summary>
    public const int MaxLength = 40;

    private const long Second = 1_000_000_000;
    private const long Hour = 3600;
    private const long Day = 86_400;

    private readonly byte[] date = new byte[10];
    private readonly byte[] suffix = new byte[6];
    private int suffixLength;
    private long day = long.MinValue;
    private long offset;
    private long offsetFrom = long.MaxValue;
    private long offsetTo = long.MinValue;
    private TimeZoneInfo? zone;

    /// <summary>Sets the zone of the times that follow; null for UTC.</summary>
    public void Use(TimeZoneInfo? next)
    {
        zone = TimeZoneInfo.Utc.Equals(next) ? null : next;
        (offsetFrom, offsetTo) = (long.MaxValue, long.MinValue);
        if (zone is null)
        {
            SetOffset(0);
            (offsetFrom, offsetTo) = (long.MinValue, long.MaxValue);
        }
    }

    /// <summary>Writes a time, quoted where it is text.</summary>
    /// <param name="time">Nanoseconds since 1970.</param>
    /// <param name="destination">Room for <see cref="MaxLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public int Format(long time, Span<byte> destination)
    {
        if (unit > 0)
        {
            (time / unit).TryFormat(destination, out var digits, default, CultureInfo.InvariantCulture);
            return digits;
        }

        var seconds = Math.DivRem(time, Second, out var fraction);
        if (fraction < 0)
        {
            (seconds, fraction) = (seconds - 1, fraction + Second);
        }

        if (seconds < offsetFrom || seconds >= offsetTo)
        {
            FindOffset(seconds);
        }

        seconds += offset;
        var today = Math.DivRem(seconds, Day, out var clock);
        if (clock < 0)
        {
            (today, clock) = (today - 1, clock + Day);
        }

        if (today != day)
        {
            day = today;
            DateTime.UnixEpoch.AddDays(today).TryFormat(date, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        destination[0] = (byte)'"';
        date.CopyTo(destination[1..]);
        destination[11] = (byte)'T';
        TwoDigits(destination[12..], clock / Hour, (byte)':');
        TwoDigits(destination[15..], clock / 60 % 60, (byte)':');
        TwoDigits(destination[18..], clock % 60, (byte)'.');
        var length = fraction == 0 ? 20 : 21 + Fraction(destination[21..], fraction);
        suffix.AsSpan(0, suffixLength).CopyTo(destination[length..]);
        length += suffixLength;
        destination[length] = (byte)'"';
        return length + 1;
    }

    private static void TwoDigits(Span<byte> destination, long number, byte after)
    {
        destination[2] = after;
        destination[1] = (byte)('0' + (number % 10));
        destination[0] = (byte)('0' + (number / 10));
    }

    private static int Fraction(Span<byte> destination, long fraction)
    {
        var length = 9;
        while (fraction % 10 == 0)
        {
            (fraction, length) = (fraction / 10, length - 1);
        }

        for (var i = length - 1; i >= 0; i--)
        {
            destination[i] = (byte)('0' + (fraction % 10));
            fraction /= 10;
        }

        return length;
    }

    /// <summary>Finds the offset at a time and remembers it for the hour around it, or where the clock is changed within that hour for the second alone.</summary>
    private void FindOffset(long seconds)
    {
        var start = seconds - (((seconds % Hour) + Hour) % Hour);
        (offsetFrom, offsetTo) = OffsetAt(start) == OffsetAt(start + Hour) ? (start, start + Hour) : (seconds, seconds + 1);
        SetOffset(OffsetAt(seconds));
    }

    private long OffsetAt(long seconds) => (long)zone!.GetUtcOffset(DateTime.UnixEpoch.AddSeconds(seconds)).TotalSeconds;

    private void SetOffset(long next)
    {
        offset = next;
        if (next == 0)
        {
            suffix[0] = (byte)'Z';
            suffixLength = 1;
            return;
        }

        suffix[0] = next < 0 ? (byte)'-' : (byte)'+';
        next = Math.Abs(next) / 60;
        TwoDigits(suffix.AsSpan(1), next / 60, (byte)':');
        suffix[4] = (byte)('0' + (next % 60 / 10));
        suffix[5] = (byte)('0' + (next % 10));
        suffixLength = 6;
    }
}
