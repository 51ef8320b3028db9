using System.Globalization;
using System.Text.Json;

namespace Serverless.Azure.CosmosDb;

/// <summary>Bodies as Cosmos DB keeps them: numbers are float64, and a member occurs once.</summary>
internal static class BodyText
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // 17 digits name every float64; of no more than 15 digits, none are lost by one.
    private const int SafeDigits = 15;

    /// <summary>Reads a body.</summary>
    /// <exception cref="ArgumentException">The bytes are no JSON object, or it is nested more than 64 deep.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"A document's body is not JSON: {exception.Message}", nameof(body), exception);
        }

        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document
            : throw new ArgumentException("A document's body is a JSON object.", nameof(body));
    }

    /// <summary>Whether Cosmos DB gives the body back with the same meaning. Else the item carries it as text too.</summary>
    public static bool IsKept(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && !IsKept(ref reader))
            {
                return false;
            }
        }

        return !HasDuplicates(body);
    }

    public static bool HasDuplicates(ReadOnlyMemory<byte> body)
    {
        try
        {
            JsonDocument.Parse(body, Strict).Dispose();
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    /// <summary>Writes an element as Cosmos DB takes it: of members that share a name the first, of numbers that a float64 does not
    /// reach the nearest.</summary>
    public static void WriteKept(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().DistinctBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    WriteKept(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    WriteKept(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when !double.IsFinite(element.GetDouble()):
                writer.WriteNumberValue(Math.Clamp(element.GetDouble(), double.MinValue, double.MaxValue));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static bool IsKept(ref Utf8JsonReader reader)
    {
        var number = reader.GetDouble();
        var text = reader.ValueSpan;
        var end = text.IndexOfAny((byte)'e', (byte)'E');
        var digits = (end < 0 ? text : text[..end]).TrimStart("-0."u8);
        if (digits.Length == 0)
        {
            return true;
        }

        if (!double.IsFinite(number) || Math.Abs(number) < 1e-300)
        {
            return false;
        }

        return digits.Length - (digits.Contains((byte)'.') ? 1 : 0) <= SafeDigits
            || (
                decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var written)
                && digits.Length <= 28
                && decimal.TryParse(
                    number.ToString("R", CultureInfo.InvariantCulture),
                    NumberStyles.Float,
                    CultureInfo.InvariantCulture,
                    out var kept
                )
                && written == kept
            );
    }
}
