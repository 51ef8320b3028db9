using System.Globalization;
using System.Text;

namespace Serverless.InfluxQL.Values;

/// <summary>Durations as InfluxQL writes them, counted in nanoseconds: 1h30m, 10s, 500ms, 2w.</summary>
public static class DurationText
{
    private const string Invalid = "invalid duration";

    /// <summary>The units, longest first, with their nanoseconds.</summary>
    private static readonly (string Unit, long Nanoseconds)[] Units =
    [
        ("w", 7 * 24 * 3_600_000_000_000),
        ("d", 24 * 3_600_000_000_000),
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("u", 1_000),
    ];

    /// <summary>Reads one or more numbers with units (ns u µ ms s m h d w), perhaps after a minus; the numbers add up.</summary>
    /// <param name="text">The text, without spaces.</param>
    /// <param name="nanoseconds">The duration.</param>
    /// <param name="error">What is wrong, as the real server says it.</param>
    public static bool TryParse(string text, out long nanoseconds, out string error)
    {
        nanoseconds = 0;
        error = Invalid;
        var negative = text.StartsWith('-');
        var i = negative ? 1 : 0;
        var part = "";
        if (text.Length < 2)
        {
            return false;
        }

        while (i < text.Length)
        {
            var start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                i++;
            }

            if (
                !long.TryParse(text.AsSpan(start, i - start), NumberStyles.None, null, out var number)
                || !TryReadUnit(text.AsSpan(i), out var length, out var factor)
            )
            {
                return false;
            }

            nanoseconds = unchecked(nanoseconds + (number * factor));
            part = $"{number}{text.AsSpan(i, length)}";
            i += length;
        }

        if (nanoseconds < 0 && !negative)
        {
            error = $"overflowed duration {part}: choose a smaller duration or INF";
            return false;
        }

        nanoseconds = negative ? unchecked(-nanoseconds) : nanoseconds;
        return true;
    }

    /// <summary>In the largest unit that divides it: 90m, not 1h30m; zero is 0s.</summary>
    public static string Format(long nanoseconds)
    {
        if (nanoseconds == 0)
        {
            return "0s";
        }

        foreach (var (unit, factor) in Units)
        {
            if (nanoseconds % factor == 0)
            {
                return nanoseconds / factor + unit;
            }
        }

        return nanoseconds + "ns";
    }

    /// <summary>Whole seconds as Go prints them, 168h0m0s, which is how CREATE DATABASE shows them; others as <see cref="Format"/>.</summary>
    public static string FormatGo(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000);
        if (rest != 0 || seconds < 0)
        {
            return Format(nanoseconds);
        }

        var text = new StringBuilder();
        if (seconds >= 3600)
        {
            text.Append(seconds / 3600).Append('h');
        }

        if (seconds >= 60)
        {
            text.Append(seconds / 60 % 60).Append('m');
        }

        return text.Append(seconds % 60).Append('s').ToString();
    }

    private static bool TryReadUnit(ReadOnlySpan<char> text, out int length, out long nanoseconds)
    {
        (length, nanoseconds) = text switch
        {
            ['n', 's', ..] => (2, 1L),
            ['u' or 'µ', ..] => (1, 1_000L),
            ['m', 's', ..] => (2, 1_000_000L),
            ['s', ..] => (1, 1_000_000_000L),
            ['m', ..] => (1, 60_000_000_000L),
            ['h', ..] => (1, 3_600_000_000_000L),
            ['d', ..] => (1, 24 * 3_600_000_000_000L),
            ['w', ..] => (1, 7 * 24 * 3_600_000_000_000L),
            _ => (0, 0L),
        };
        return length > 0;
    }
}
