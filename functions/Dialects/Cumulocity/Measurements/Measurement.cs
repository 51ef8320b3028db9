using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>A measurement: values that a device has measured at one time.</summary>
/// <param name="Device">The id of the device, or of the other object.</param>
/// <param name="Time">Nanoseconds since 1970.</param>
/// <param name="Form">What its message is kept under; <see cref="Foreign"/> for readings of another API, which keep none of this one.</param>
/// <param name="Type">Its type.</param>
/// <param name="Fragments">Its members beside source, time and type: a fragment {series: {value, unit}}, or whatever its sender put there.</param>
internal sealed record Measurement(string Device, long Time, string Form, string Type, JsonObject Fragments)
{
    /// <summary>The form of readings of another API.</summary>
    public const string Foreign = "0";

    /// <summary>The type of readings of another API that have several measurements. [I]</summary>
    public const string ForeignType = "serverless_Measurement";

    /// <summary>What the name of a field of messages begins with that keeps measurements.</summary>
    public const string FieldPrefix = "c8y.";

    /// <summary>Its id: device, time and form, so that it is found without a search.</summary>
    public string Id => $"{Device}-{Time.ToString("x", CultureInfo.InvariantCulture)}-{Form}";

    /// <summary>The field of the device's messages that keeps it.</summary>
    public string Field => FieldPrefix + Form;

    /// <summary>Whether it has a fragment.</summary>
    public bool Has(string fragment) => Fragments.ContainsKey(fragment);

    /// <summary>Its series: the members of its fragments that have a value.</summary>
    public IEnumerable<(string Fragment, string Series, JsonObject Quantity)> Series()
    {
        foreach (var (fragment, node) in Fragments)
        {
            if (node is JsonObject members)
            {
                foreach (var (series, member) in members)
                {
                    if (member is JsonObject quantity && IsNumber(quantity["value"]))
                    {
                        yield return (fragment, series, quantity);
                    }
                }
            }
        }
    }

    /// <summary>A kept message as the measurement that it is, or null where it is none.</summary>
    /// <param name="device">The device's id.</param>
    /// <param name="time">The time of its point.</param>
    /// <param name="field">The field that keeps it.</param>
    /// <param name="text">Its text: {"type", fragments …}.</param>
    public static Measurement? Read(string device, long time, string field, string text)
    {
        if (!field.StartsWith(FieldPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            if (JsonNode.Parse(text) is JsonObject kept && kept["type"] is JsonValue type && type.TryGetValue<string>(out var name))
            {
                kept.Remove("type");
                return new Measurement(device, time, field[FieldPrefix.Length..], name, kept);
            }
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            // Somebody has written it as a point, past the decoder.
        }

        return null;
    }

    /// <summary>What an id says: device, time and form; null where it is none of a measurement.</summary>
    public static (string Device, long Time, string Form)? ReadId(string id)
    {
        var parts = id.Split('-');
        return
            parts is [var device, var time, var form]
            && device.Length is > 0 and <= 16
            && device.All(char.IsAsciiDigit)
            && form.Length is > 0 and <= 16
            && form.All(char.IsAsciiHexDigitLower)
            && long.TryParse(time, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var nanoseconds)
            ? (device, nanoseconds, form)
            : null;
    }

    private static bool IsNumber(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number;
}
