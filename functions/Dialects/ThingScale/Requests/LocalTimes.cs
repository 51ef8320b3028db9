using System.Globalization;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.ThingScale.Requests;

/// <summary>Times as an account reads and writes them: in its own time zone (seed, "Data-format and timestamps").</summary>
internal sealed class LocalTimes(TimeZoneInfo zone)
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:sszzz";
    private const long NanosecondsPerSecond = 1_000_000_000;

    private static readonly string[] Forms = ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    public LocalTimes(string timeZone)
        : this(TimeZoneInfo.FindSystemTimeZoneById(timeZone)) { }

    /// <summary>As devices have it: 2015-01-13T16:58:00+09:00.</summary>
    public string Extended(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, zone).ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>As channels, streams and sessions have it: 2016-11-18T19:07:02+0900.</summary>
    public string Basic(DateTimeOffset time) => Extended(time).Remove(22, 1);

    /// <summary>As <see cref="Basic(DateTimeOffset)"/>, of nanoseconds since 1970; what is less than a second is left out.</summary>
    public string Basic(long nanoseconds) =>
        Basic(DateTimeOffset.UnixEpoch.AddSeconds(nanoseconds / NanosecondsPerSecond - (nanoseconds % NanosecondsPerSecond < 0 ? 1 : 0)));

    /// <summary>
    /// The first instant, in nanoseconds since 1970, at which the account's clock shows this time or a later one; null where the text is no time.
    /// </summary>
    /// <param name="text">YYYY-MM-DD hh:mm or YYYY-MM-DD hh:mm:ss.</param>
    /// <remarks>A time that the clock shows twice is the first of the two, one that it leaps over is the leap.</remarks>
    public long? From(string text) =>
        Parse(text) is not { } local ? null
        : zone.IsInvalidTime(local) ? Nanoseconds(Leap(local))
        : Nanoseconds(local - (zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local)));

    /// <summary>
    /// The first instant, in nanoseconds since 1970, after the second that the text names, so that a row that is shown with this very time is before it; null
    /// where the text is no time.
    /// </summary>
    /// <param name="text">YYYY-MM-DD hh:mm or YYYY-MM-DD hh:mm:ss.</param>
    /// <remarks>A time that the clock shows twice is the second of the two, one that it leaps over is the leap.</remarks>
    public long? To(string text) =>
        Parse(text) is not { } local ? null
        : zone.IsInvalidTime(local) ? Nanoseconds(Leap(local))
        : Nanoseconds(local - (zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Min() : zone.GetUtcOffset(local)))
            + NanosecondsPerSecond;

    private static DateTime? Parse(string text) =>
        DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
        && local.Year is > 1678 and < 2261
            ? local
            : null;

    /// <summary>The instant (UTC) at which the clock leaps over a local time.</summary>
    private DateTime Leap(DateTime local)
    {
        // No leap is longer than a day, and within two days there is one at most.
        var (before, after) = (local.AddDays(-1), local.AddDays(1));
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before.AddSeconds(Math.Floor((after - before).TotalSeconds / 2));
            var shown = TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(middle, DateTimeKind.Utc), zone);
            (before, after) = shown < local ? (middle, after) : (before, middle);
        }

        return after;
    }

    private static long Nanoseconds(DateTime utc) =>
        PayloadTime.ToNanoseconds(new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)));
}
