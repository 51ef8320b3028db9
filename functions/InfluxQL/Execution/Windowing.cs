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
        unchecked
        {
            var shifted = time - options.Offset;
            var clock = ClockAt(shifted);
            var within = (shifted + clock) % options.Interval;
            within = within < 0 ? within + options.Interval : within;
            var start = MinTime + within >= shifted ? MinTime : shifted - within;
            var rest = options.Interval - within;
            var end = MaxTime - rest <= shifted ? MaxTime : shifted + rest;
            if (zone is not null)
            {
                start += Change(clock, ClockAt(start));
                end += ChangeBefore(end, clock);
            }

            return new TimeWindow(start + options.Offset, end + options.Offset);
        }
    }

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
