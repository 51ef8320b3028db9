namespace Serverless.Domain.Time;

/// <summary>Reads ISO-8601 times in the forms that clients send: extended and basic, down to the day, minute, second or nanosecond, with Z, an offset or none (UTC).</summary>
/// <remarks>A space stands for T, and before an offset for the + that a URL has lost. Digits of a fraction beyond the ninth are dropped.</remarks>
public static class Iso8601
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Reads a time.</summary>
    /// <param name="text">Such as 2017-04-20T00:00:00.000Z.</param>
    /// <param name="nanoseconds">Nanoseconds since 1970.</param>
    /// <returns>False where it is no time, or none between the years 1678 and 2261.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out long nanoseconds)
    {
        nanoseconds = 0;
        var scan = new Scanner(text.Trim());
        if (!scan.TryDigits(4, out var year) || year is < 1678 or > 2261)
        {
            return false;
        }

        var extended = scan.TrySkip('-');
        if (
            !scan.TryDigits(2, out var month)
            || (extended && !scan.TrySkip('-'))
            || !scan.TryDigits(2, out var day)
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
        )
        {
            return false;
        }

        var seconds =
            (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        var fraction = 0L;
        if (!scan.AtEnd)
        {
            if (!(scan.TrySkip('T') || scan.TrySkip('t') || scan.TrySkip(' ')) || !TryTime(ref scan, ref seconds, out fraction))
            {
                return false;
            }
        }

        nanoseconds = (seconds * NanosecondsPerSecond) + fraction;
        return scan.AtEnd;
    }

    private static bool TryTime(ref Scanner scan, ref long seconds, out long fraction)
    {
        fraction = 0;
        if (!scan.TryDigits(2, out var hour))
        {
            return false;
        }

        var (minute, second) = (0, 0);
        if (scan.AtDigit || scan.TrySkip(':'))
        {
            if (!scan.TryDigits(2, out minute))
            {
                return false;
            }

            if (
                (scan.AtDigit || scan.TrySkip(':'))
                && (!scan.TryDigits(2, out second) || ((scan.TrySkip('.') || scan.TrySkip(',')) && !scan.TryFraction(out fraction)))
            )
            {
                return false;
            }
        }

        // 24:00 is the end of the day; a leap second is the next minute's first.
        var valid = minute <= 59 && second <= 60 && (hour <= 23 || (hour == 24 && minute == 0 && second == 0 && fraction == 0));
        seconds += (hour * 3600L) + (minute * 60L) + second;
        return valid && TryOffset(ref scan, ref seconds);
    }

    private static bool TryOffset(ref Scanner scan, ref long seconds)
    {
        if (scan.AtEnd || scan.TrySkip('Z') || scan.TrySkip('z'))
        {
            return true;
        }

        var sign =
            scan.TrySkip('-') ? -1
            : scan.TrySkip('+') || scan.TrySkip(' ') ? 1
            : 0;
        if (sign == 0 || !scan.TryDigits(2, out var hours) || hours > 23)
        {
            return false;
        }

        var minutes = 0;
        if ((scan.TrySkip(':') || scan.AtDigit) && (!scan.TryDigits(2, out minutes) || minutes > 59))
        {
            return false;
        }

        seconds -= sign * ((hours * 3600L) + (minutes * 60L));
        return true;
    }

    private ref struct Scanner(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> rest = text;

        public readonly bool AtEnd => rest.IsEmpty;

        public readonly bool AtDigit => !rest.IsEmpty && char.IsAsciiDigit(rest[0]);

        public bool TrySkip(char c)
        {
            if (rest.IsEmpty || rest[0] != c)
            {
                return false;
            }

            rest = rest[1..];
            return true;
        }

        public bool TryDigits(int count, out int value)
        {
            value = 0;
            for (var i = 0; i < count; i++)
            {
                if (!AtDigit)
                {
                    return false;
                }

                value = (value * 10) + (rest[0] - '0');
                rest = rest[1..];
            }

            return true;
        }

        public bool TryFraction(out long nanoseconds)
        {
            nanoseconds = 0;
            var unit = NanosecondsPerSecond;
            var any = AtDigit;
            for (; AtDigit; rest = rest[1..])
            {
                unit /= 10;
                nanoseconds += (rest[0] - '0') * unit;
            }

            return any;
        }
    }
}
