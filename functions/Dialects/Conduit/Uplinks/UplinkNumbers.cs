using System.Globalization;
using System.Text.Json;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>The numbers of uplinks and parameters, with their bounds.</summary>
internal static class UplinkNumbers
{
    private const int MostDigits = 16;
    private const int TimestampDigits = 13;

    // Nanoseconds in 64 bits reach so many milliseconds.
    private const long LastMillisecond = long.MaxValue / 1_000_000;

    /// <summary>A value: a number of at most 16 digits (vendor's uplink V2), aside from zeros before and behind them, which depend on how a number is written.</summary>
    /// <exception cref="PayloadException">It is none.</exception>
    public static double Value(string? text)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var end = text?.AsSpan().IndexOfAny('e', 'E') ?? -1;
        var mantissa = end < 0 ? text.AsSpan() : text.AsSpan(0, end);
        var (digits, zeros) = (0, 0);
        foreach (var c in mantissa)
        {
            if (c == '0')
            {
                zeros += digits > 0 ? 1 : 0;
            }
            else if (char.IsAsciiDigit(c))
            {
                digits += zeros + 1;
                zeros = 0;
            }
        }

        return digits <= MostDigits && double.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new PayloadException($"value is a number of at most {MostDigits} digits.");
    }

    /// <exception cref="PayloadException">It is no number in JSON, or not within the bounds.</exception>
    public static double Value(JsonElement element) => Value(element.ValueKind == JsonValueKind.Number ? element.GetRawText() : null);

    /// <exception cref="PayloadException">It is no whole number from 1 up to the last channel.</exception>
    public static int Channel(string? text, string name) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var channel)
        && channel is > 0 and <= ChannelValue.LastChannel
            ? channel
            : throw new PayloadException($"{name} is a whole number from 1 to {ChannelValue.LastChannel}.");

    /// <exception cref="PayloadException">As <see cref="Channel(string?, string)"/>.</exception>
    public static int Channel(JsonElement element, string name) =>
        Channel(element.ValueKind == JsonValueKind.Number ? element.GetRawText() : null, name);

    /// <summary>A time of 13 digits: milliseconds since 1970 (UTC).</summary>
    /// <exception cref="PayloadException">It is none.</exception>
    public static long Timestamp(string? text, string name) =>
        text?.Length == TimestampDigits
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds <= LastMillisecond
            ? milliseconds
            : throw new PayloadException($"{name} has {TimestampDigits} digits: milliseconds since 1970.");

    /// <exception cref="PayloadException">As <see cref="Timestamp(string?, string)"/>.</exception>
    public static long Timestamp(JsonElement element, string name) =>
        Timestamp(element.ValueKind == JsonValueKind.Number ? element.GetRawText() : null, name);
}
