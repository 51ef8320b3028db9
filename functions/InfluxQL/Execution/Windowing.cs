using System.Runtime.InteropServices;

namespace Serverless.InfluxQL.Execution;

/// <summary>A window of time: from a time until before another.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TimeWindow(long Start, long End)
{
    public bool Contains(long time) => time >= Start && time < End;
}

/// <summary>Finds the windows of GROUP BY time. Without an interval the whole range is one window.</summary>
/// <remarks>
/// Windows are aligned to 1970 in the clock of the zone. A window in which the clock changes is longer or shorter by the change, unless the change is not shorter than the interval;
/// time that the clock skips belongs to the window after the change, time that it repeats to the one before.
/// </remarks>
internal sealed class Windowing(StageOptions options)
{
    /// <summary>The first and last time of the language: two nanoseconds of the 64 bits at one end and one at the other have other meanings.</summary>
    public const long MinTime = long.MinValue + 2;

    public const long MaxTime = long.MaxValue - 1;

    private readonly TimeZoneInfo? zone = TimeZoneInfo.Utc.Equals(options.Zone) ? null : options.Zone;

    public long Interval => options.Interval;

    public bool HasZone => zone is not null;

    /// <summary>The window that a time is in.</summary>
    public TimeWindow At(long time)
    {
        if (options.Interval == 0)
        {
            return new TimeWindow(options.Start, options.End == long.MaxValue ? options.End : options.End + 1);
        }

        var shifted = Bounded((Int128)time - options.Offset);
        var clock = ClockAt(shifted);
        var within = unchecked(shifted + clock) % options.Interval;
        within = within < 0 ? within + options.Interval : within;
        var (start, end) = ((Int128)shifted - within, (Int128)shifted - within + options.Interval);
        if (zone is not null)
        {
            start += Change(clock, ClockAt(Bounded(start)));
            end += ChangeBefore(Bounded(end), clock);
        }

        return new TimeWindow(Bounded(start + options.Offset), Bounded(end + options.Offset));
    }

    /// <summary>A time, or the nearest that is one; what ends behind the last time ends one later, so that the last is within.</summary>
    private static long Bounded(Int128 time) => (long)Int128.Clamp(time, MinTime, MaxTime + 1);

    /// <summary>The time of what stands for a window or a range with this start. The beginning of time stands for no time at all in the language: there it is 1970.</summary>
    public static long TimeOf(long start) => start <= MinTime ? 0 : start;

    /// <summary>What to add to local time's distance from UTC, in nanoseconds; 0 without a zone.</summary>
    public long ClockAt(long time)
    {
        if (zone is null)
        {
            return 0;
        }

        var ticks = Math.DivRem(time, 100).Quotient + DateTime.UnixEpoch.Ticks;
        var utc = new DateTime(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
        return zone.GetUtcOffset(utc).Ticks * 100;
    }

    /// <summary>The difference of two distances from UTC, where it is shorter than a window.</summary>
    public long Change(long from, long to) => Math.Abs(from - to) < options.Interval ? from - to : 0;

    private long ChangeBefore(long end, long clock)
    {
        var after = ClockAt(end);
        var change = Change(clock, after);
        return change >= 0 || ClockAt(end + change) == after ? change : 0;
    }
}
