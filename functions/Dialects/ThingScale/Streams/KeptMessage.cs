using System.Text;
using System.Text.Json;
using Serverless.Dialects.Http;
using Serverless.Dialects.ThingScale.Devices;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.TimeSeries;

namespace Serverless.Dialects.ThingScale.Streams;

/// <summary>
/// A row as it is kept beside its numbers: a text {"tag":…,"v1":…,"value":…} in the field thingscale of the messages, or thingscale.TAG where it has a tag,
/// so that rows of one time with different tags are two.
/// </summary>
internal static class KeptMessage
{
    private const string Field = ThingScaleFragment.Name;
    private const string Prefix = Field + ".";

    public static string FieldOf(string? tag) => tag is null ? Field : Prefix + tag;

    /// <summary>Those fields of a device's messages that are rows.</summary>
    public static IEnumerable<string> FieldsOf(SeriesInfo? messages) =>
        messages is null
            ? []
            : messages
                .Fields.Select(field => field.Name)
                .Distinct()
                .Where(name => name == Field || name.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>The tag of the rows in a field, or null.</summary>
    public static string? TagOf(string field) => field.Length > Prefix.Length ? field[Prefix.Length..] : null;

    /// <summary>A row as a reading.</summary>
    /// <param name="tag">Its tag, or null.</param>
    /// <param name="isVersion1">Whether it came as a v1 payload.</param>
    /// <param name="value">Its value as JSON in UTF-8, well-formed.</param>
    public static Reading Of(string? tag, bool isVersion1, ReadOnlySpan<byte> value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("tag", tag);
            if (isVersion1)
            {
                writer.WriteBoolean("v1", true);
            }

            writer.WritePropertyName("value");
            writer.WriteRawValue(value);
            writer.WriteEndObject();
        }

        var text = Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        return new Reading(Readings.MessageMeasurement, FieldOf(tag), FieldValue.Of(text));
    }

    /// <summary>The row that a point is, or null where it is none: another measurement, or a text that somebody else wrote there.</summary>
    public static Row? Read(DeviceTwin device, long time, in HistoryValue point)
    {
        if (point.Measurement != Readings.MessageMeasurement || point.Value.Type != FieldType.String)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(point.Value.Text);
            var kept = document.RootElement;
            if (kept.ValueKind != JsonValueKind.Object || !kept.TryGetProperty("value", out var value))
            {
                return null;
            }

            var isVersion1 = kept.TryGetProperty("v1", out var flag) && flag.ValueKind == JsonValueKind.True;
            return new Row(device, time, TagOf(point.Field), isVersion1, value.Clone());
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
