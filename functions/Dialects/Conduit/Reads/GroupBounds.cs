namespace Serverless.Dialects.Conduit.Reads;

/// <summary>The groups of a stage on the calendar of a time zone. It remembers the last group, for points come in the order of time.</summary>
internal sealed class GroupBounds(Grouping by, TimeZoneInfo zone)
{
    private const long NanosecondsPerTick = 100;

    private long start;
    private long end;

    /// <summary>When the group of a time begins, both in nanoseconds since 1970.</summary>
    public long StartOf(long nanoseconds)
    {
        if (nanoseconds < start || nanoseconds >= end)
        {
            var ticks = Math.DivRem(nanoseconds, NanosecondsPerTick, out var rest) - (rest < 0 ? 1 : 0);
            var (from, to) = Find(DateTime.UnixEpoch.AddTicks(ticks));
            start = (from - DateTime.UnixEpoch).Ticks * NanosecondsPerTick;
            end = (to - DateTime.UnixEpoch).Ticks * NanosecondsPerTick;
        }

        return start;
    }

    private (DateTime From, DateTime To) Find(DateTime time)
    {
        var local = DateTime.SpecifyKind(time + zone.GetUtcOffset(time), DateTimeKind.Unspecified);
        if (by is Grouping.Minute or Grouping.Hour)
        {
            // The hour that comes twice when the clocks go back is two groups.
            var length = by == Grouping.Minute ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1);
            var from = time - TimeSpan.FromTicks(local.Ticks % length.Ticks);
            return (from, from + length);
        }

        var day = local.Date;
        var first = by switch
        {
            Grouping.Day => day,
            Grouping.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            Grouping.Month => day.AddDays(1 - day.Day),
            _ => new DateTime(day.Year, 1, 1),
        };
        var next = by switch
        {
            Grouping.Day => first.AddDays(1),
            Grouping.Week => first.AddDays(7),
            Grouping.Month => first.AddMonths(1),
            _ => first.AddYears(1),
        };
        return (ToUtc(first), ToUtc(next));
    }

    /// <summary>A midnight that comes twice is its first; one that the clocks leave out is the moment at which they do.</summary>
    private DateTime ToUtc(DateTime local)
    {
        var asUtc = DateTime.SpecifyKind(local, DateTimeKind.Utc);
        var before = asUtc - zone.GetUtcOffset(asUtc.AddDays(-1));
        var after = asUtc - zone.GetUtcOffset(asUtc.AddDays(1));
        return IsAt(after, asUtc) && !IsAt(before, asUtc) ? after : before;
    }

    private bool IsAt(DateTime time, DateTime local) => time + zone.GetUtcOffset(time) == local;
}
