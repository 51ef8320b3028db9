using System.Globalization;

namespace Serverless.Dialects.Cumulocity.Answers;

/// <summary>Times as the API writes them: in UTC with milliseconds, such as 2020-03-19T12:03:27.845Z, and with as many digits more as the time has.</summary>
internal static class Times
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>A time in nanoseconds since 1970.</summary>
    public static string Of(long nanoseconds)
    {
        var (seconds, fraction) = Math.DivRem(nanoseconds, NanosecondsPerSecond);
        if (fraction < 0)
        {
            (seconds, fraction) = (seconds - 1, fraction + NanosecondsPerSecond);
        }

        var digits = fraction.ToString("D9", CultureInfo.InvariantCulture).AsSpan().TrimEnd('0');
        var start = DateTime.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{start}.{digits.ToString().PadRight(3, '0')}Z";
    }

    public static string Of(DateTimeOffset time) => Of(NanosecondsOf(time));

    public static long NanosecondsOf(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    /// <summary>A time in nanoseconds since 1970 as a date, to the tick below.</summary>
    public static DateTimeOffset DateOf(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((nanoseconds - (((nanoseconds % 100) + 100) % 100)) / 100);
}
