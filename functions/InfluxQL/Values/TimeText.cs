using System.Globalization;
using System.Text.RegularExpressions;

namespace Serverless.InfluxQL.Values;

/// <summary>Times as strings in a condition: '2015-08-18', '2015-08-18 00:12:00.5', '2015-08-18T00:12:00.123456789+02:00'.</summary>
public static partial class TimeText
{
    /// <summary>Whether the string looks like a time, so that it is one where it is compared with time.</summary>
    public static bool IsTime(string text) => Shape().IsMatch(text);

    /// <summary>Reads a time.</summary>
    /// <param name="text">The string.</param>
    /// <param name="zone">The zone of texts that name none; null for UTC.</param>
    /// <param name="nanoseconds">Nanoseconds since 1970-01-01T00:00:00Z.</param>
    /// <returns>False if it is no time between the years 1677 and 2262; the real server's text is then "invalid timestamp string".</returns>
    public static bool TryParse(string text, TimeZoneInfo? zone, out long nanoseconds)
    {
        var isTime = TryParseWide(text, zone, out var total);
        nanoseconds = (long)Int128.Clamp(total, long.MinValue, long.MaxValue);
        return isTime && nanoseconds == total;
    }

    /// <summary>As <see cref="TryParse"/>, but of the years 1 to 9999.</summary>
    public static bool TryParseWide(string text, TimeZoneInfo? zone, out Int128 nanoseconds)
    {
        nanoseconds = 0;
        var match = Layout().Match(text);
        if (
            !match.Success
            || (match.Groups["t"].ValueSpan is "T" && !match.Groups["zone"].Success)
            || (match.Groups["t"].ValueSpan is " " && match.Groups["zone"].Success)
            || !TryGetDateTime(match, out var local)
        )
        {
            return false;
        }

        var seconds = (local.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        if (!TryGetOffset(match.Groups["zone"].ValueSpan, local, zone ?? TimeZoneInfo.Utc, out var offset))
        {
            return false;
        }

        var fraction = match.Groups["fraction"].Value.PadRight(9, '0')[..9];
        nanoseconds = ((Int128)(seconds - offset) * 1_000_000_000) + long.Parse(fraction, CultureInfo.InvariantCulture);
        return true;
    }

    private static bool TryGetDateTime(Match match, out DateTime local)
    {
        var time = match.Groups["time"].Success ? match.Groups["time"].Value : "00:00:00";
        var text = $"{match.Groups["date"].Value} {time}";
        return DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out local);
    }

    private static bool TryGetOffset(ReadOnlySpan<char> named, DateTime local, TimeZoneInfo zone, out long seconds)
    {
        seconds = 0;
        if (named is "Z")
        {
            return true;
        }

        if (named.IsEmpty)
        {
            seconds = (long)OffsetOf(local, zone).TotalSeconds;
            return true;
        }

        var hours = int.Parse(named[1..3], CultureInfo.InvariantCulture);
        var minutes = int.Parse(named[4..6], CultureInfo.InvariantCulture);
        seconds = ((hours * 3600) + (minutes * 60)) * (named[0] == '-' ? -1 : 1);
        return hours < 24 && minutes < 60;
    }

    /// <summary>The offset that holds at the instant to which the offset at the clock time, taken for UTC, leads: so Go chooses where a clock time comes twice or is skipped.</summary>
    private static TimeSpan OffsetOf(DateTime local, TimeZoneInfo zone)
    {
        var utc = DateTime.SpecifyKind(local, DateTimeKind.Utc);
        var ticks = utc.Ticks - zone.GetUtcOffset(utc).Ticks;
        return zone.GetUtcOffset(new DateTime(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc));
    }

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();

    [GeneratedRegex(
        @"\A(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:(?<t>[ T])(?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.(?<fraction>[0-9]+))?(?<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Layout();
}
