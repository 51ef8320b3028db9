using System.Globalization;
using System.Text;

namespace Serverless.InfluxQL.Statements;

/// <summary>Durations as Go prints them: 168h0m0s, 1m2.5s, 149µs, 0s.</summary>
internal static class GoDuration
{
    private const long Second = 1_000_000_000;
    private const long Minute = 60 * Second;

    /// <param name="nanoseconds">The duration, not negative.</param>
    public static string Format(long nanoseconds) =>
        nanoseconds switch
        {
            0 => "0s",
            < 1_000 => $"{nanoseconds}ns",
            < 1_000_000 => Decimal(nanoseconds, 1_000) + "µs",
            < Second => Decimal(nanoseconds, 1_000_000) + "ms",
            _ => Long(nanoseconds),
        };

    private static string Long(long nanoseconds)
    {
        var text = new StringBuilder();
        var minutes = nanoseconds / Minute;
        if (minutes >= 60)
        {
            text.Append(minutes / 60).Append('h');
        }

        if (minutes > 0)
        {
            text.Append(minutes % 60).Append('m');
        }

        return text.Append(Decimal(nanoseconds % Minute, Second)).Append('s').ToString();
    }

    private static string Decimal(long nanoseconds, long unit)
    {
        var (whole, rest) = Math.DivRem(nanoseconds, unit);
        var digits = unit.ToString(CultureInfo.InvariantCulture).Length - 1;
        return rest == 0 ? $"{whole}" : $"{whole}.{rest.ToString($"D{digits}", CultureInfo.InvariantCulture).TrimEnd('0')}";
    }
}
