using System.Runtime.InteropServices;

namespace Serverless.TimeSeries.Rows;

/// <summary>A span of time that one sealed row of a series covers. A slow series has long windows, so that a row is worth its keys and headers.</summary>
/// <param name="Level">0: a day, 1: 32 days, 2: 1,024 days.</param>
/// <param name="Index">Windows of this length since 1970.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Window(byte Level, long Index)
{
    public const byte Longest = 2;

    /// <summary>Points that make a row worth while.</summary>
    private const double Worth = 2000;

    private const long Day = 86_400_000_000_000;

    /// <summary>The window's beginning in nanoseconds; the first of all begins where time does.</summary>
    public long Start => (long)Int128.Max(long.MinValue, (Int128)Index * Length(Level));

    public static Window Of(byte level, long time)
    {
        var (index, rest) = Math.DivRem(time, Length(level));
        return new(level, rest < 0 ? index - 1 : index);
    }

    /// <summary>The last time within.</summary>
    public long End => (long)Int128.Min(long.MaxValue, ((Int128)Index * Length(Level)) + Length(Level) - 1);

    /// <summary>The shortest window that so many points in so long a time would fill.</summary>
    public static byte LevelFor(long points, long minTime, long maxTime)
    {
        if (points < 2)
        {
            return 1;
        }

        var span = Math.Max(1.0, (double)maxTime - minTime);
        for (byte level = 0; level < Longest; level++)
        {
            if (points / span * Length(level) >= Worth)
            {
                return level;
            }
        }

        return Longest;
    }

    private static long Length(byte level) =>
        level switch
        {
            0 => Day,
            1 => 32 * Day,
            _ => 1024 * Day,
        };
}
