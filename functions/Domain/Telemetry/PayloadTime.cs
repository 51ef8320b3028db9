using System.Text.Json;
using Serverless.Domain.Time;

namespace Serverless.Domain.Telemetry;

/// <summary>Times in payloads: a number of milliseconds since 1970 (UTC), or an ISO-8601 text.</summary>
public static class PayloadTime
{
    // Nanoseconds in 64 bits reach from 1677 to 2262.
    private const double MostMilliseconds = long.MaxValue / 1e6;

    /// <returns>Nanoseconds since 1970.</returns>
    /// <exception cref="PayloadException">It is no time, or one out of reach.</exception>
    public static long Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out var whole) && Math.Abs((double)whole) < MostMilliseconds)
            {
                return whole * 1_000_000;
            }

            if (reader.TryGetDouble(out var milliseconds) && Math.Abs(milliseconds) < MostMilliseconds)
            {
                return (long)Math.Round(milliseconds * 1000) * 1000;
            }
        }
        else if (reader.TokenType == JsonTokenType.String && Iso8601.TryParse(reader.GetString(), out var time))
        {
            return time;
        }

        throw new PayloadException("A timestamp is a number of milliseconds since 1970, or a time in ISO 8601.");
    }

    /// <exception cref="PayloadException">The time is before 1678 or after 2261.</exception>
    public static long ToNanoseconds(DateTimeOffset time) =>
        time.Year is >= 1678 and <= 2261
            ? (time.UtcTicks - DateTime.UnixEpoch.Ticks) * 100
            : throw new PayloadException("A time lies between the years 1678 and 2261.");
}
