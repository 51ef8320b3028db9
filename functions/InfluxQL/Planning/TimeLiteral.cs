using System.Globalization;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Planning;

/// <summary>A time that folding has made of now(), or of a string or an integer and a duration. It is in no plan: see <see cref="Settle"/>.</summary>
/// <param name="Nanoseconds">Nanoseconds since 1970, also before 1677 and after 2262.</param>
internal sealed record TimeLiteral(Int128 Nanoseconds) : Literal
{
    private const long SecondsOf400Years = 12_622_780_800;

    /// <summary>The expression with durations for the times: values compare with neither.</summary>
    public static Expr Settle(Expr expr) =>
        expr.Rewrite(part => part is TimeLiteral time ? new DurationLiteral(unchecked((long)time.Nanoseconds)) : null);

    /// <summary>The expression as an error text shows it.</summary>
    public static string Print(Expr expr) =>
        expr.Rewrite(part => part is TimeLiteral time ? new StringLiteral(time.Text) : null).ToString();

    /// <summary>In UTC, with as many decimals as it takes.</summary>
    private string Text
    {
        get
        {
            var (seconds, rest) = Split();
            var fraction = rest == 0 ? "" : $".{rest:D9}".TrimEnd('0');
            return Date(seconds) + fraction + "Z";
        }
    }

    /// <summary>In the zone, in whole seconds: 2006-01-02T15:04:05+01:00.</summary>
    public string Format(TimeZoneInfo? zone)
    {
        var (seconds, _) = Split();
        var offset = OffsetAt(seconds, zone);
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        return Date(seconds + (long)offset.TotalSeconds) + (offset == TimeSpan.Zero ? "Z" : $"{sign}{offset:hh\\:mm}");
    }

    private static TimeSpan OffsetAt(long seconds, TimeZoneInfo? zone)
    {
        var inRange = Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return zone?.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(inRange)) ?? TimeSpan.Zero;
    }

    /// <summary>The calendar repeats itself every 400 years, so that years after 9999 are written by an earlier one.</summary>
    private static string Date(long seconds)
    {
        var cycles = 0;
        for (; seconds >= DateTimeOffset.MaxValue.ToUnixTimeSeconds(); cycles++)
        {
            seconds -= SecondsOf400Years;
        }

        for (; seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds(); cycles--)
        {
            seconds += SecondsOf400Years;
        }

        var date = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return (date.Year + (400 * cycles)).ToString("D4", CultureInfo.InvariantCulture)
            + date.ToString("-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
    }

    private (long Seconds, long Nanoseconds) Split()
    {
        var seconds = Nanoseconds / 1_000_000_000;
        var rest = Nanoseconds % 1_000_000_000;
        return rest < 0 ? ((long)seconds - 1, (long)rest + 1_000_000_000) : ((long)seconds, (long)rest);
    }
}
