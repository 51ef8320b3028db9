using System.Globalization;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>A span of time that values are aggregated over.</summary>
/// <param name="Start">Its first time, in nanoseconds since 1970.</param>
/// <param name="End">The time before which it ends.</param>
/// <param name="Label">Its beginning, which may lie before what nanoseconds reach.</param>
internal readonly record struct Bucket(long Start, long End, DateTime Label);

/// <summary>An interval such as 25m or 3M: 1 to 999 seconds, minutes, hours, days, weeks, months, quarters or years. They follow one another from the year 2000 on, in UTC, weeks from a Monday. [I]</summary>
internal sealed record AggregationInterval(int Number, char Unit)
{
    private static readonly DateTime Origin = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime FirstMonday = new(2000, 1, 3, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Reads an interval; null where it is none.</summary>
    public static AggregationInterval? Find(string text) =>
        text.Length is >= 2 and <= 4
        && text[0] is >= '1' and <= '9'
        && "smhdwMqy".Contains(text[^1])
        && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new AggregationInterval(number, text[^1])
            : null;

    /// <summary>The older names of three intervals; null for any other.</summary>
    public static AggregationInterval? FindType(string text) =>
        text.ToUpperInvariant() switch
        {
            "DAILY" => new AggregationInterval(1, 'd'),
            "HOURLY" => new AggregationInterval(1, 'h'),
            "MINUTELY" => new AggregationInterval(1, 'm'),
            _ => null,
        };

    /// <summary>The span that a time in nanoseconds since 1970 lies in.</summary>
    public Bucket BucketOf(long time)
    {
        var moment = DateTime.UnixEpoch.AddTicks(FloorDivide(time, 100));
        var (start, end) = Unit switch
        {
            'M' => Months(moment, Number),
            'q' => Months(moment, 3 * Number),
            'y' => Months(moment, 12 * Number),
            'w' => Fixed(moment, FirstMonday, TimeSpan.FromDays(7 * Number)),
            _ => Fixed(
                moment,
                Origin,
                Number
                    * Unit switch
                    {
                        's' => TimeSpan.FromSeconds(1),
                        'm' => TimeSpan.FromMinutes(1),
                        'h' => TimeSpan.FromHours(1),
                        _ => TimeSpan.FromDays(1),
                    }
            ),
        };
        return new Bucket(Nanoseconds(start), Nanoseconds(end), start);
    }

    private static (DateTime, DateTime) Fixed(DateTime moment, DateTime origin, TimeSpan length)
    {
        var start = origin.AddTicks(FloorDivide((moment - origin).Ticks, length.Ticks) * length.Ticks);
        return (start, start + length);
    }

    private static (DateTime, DateTime) Months(DateTime moment, int months)
    {
        var since = ((moment.Year - Origin.Year) * 12) + moment.Month - 1;
        var start = Origin.AddMonths((int)FloorDivide(since, months) * months);
        return (start, start.AddMonths(months));
    }

    private static long Nanoseconds(DateTime time) =>
        (long)Int128.Clamp((Int128)(time - DateTime.UnixEpoch).Ticks * 100, long.MinValue, long.MaxValue);

    private static long FloorDivide(long number, long by) => (number / by) - (number % by < 0 ? 1 : 0);
}
