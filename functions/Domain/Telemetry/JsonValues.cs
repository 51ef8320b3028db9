using System.Text.Json;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>Turns JSON members into readings, as the model's table names them.</summary>
/// <remarks>
/// <c>{"temp":21.5}</c> is measurement temp, field value; <c>{"a":{"b":1}}</c> is measurement a, field b; what lies deeper is joined by dots, array elements by their
/// index. An object with a member <c>value</c> and at most a <c>unit</c> beside it is that value with that unit. Numbers become floats, whatever their form, so that a
/// series does not change its type when a reading happens to be whole; only a whole number that a float would round stays an integer. Null is no reading.
/// </remarks>
public static class JsonValues
{
    private const int DeepestMember = 16;

    // Beyond 2^53 a float no longer holds every whole number.
    private const double LargestExact = 1L << 53;

    /// <summary>Reads the members of the object at which the reader stands.</summary>
    /// <param name="reader">At the object's start.</param>
    /// <param name="names">The pool of names.</param>
    /// <param name="time">Dates the members unless the object has a member timestamp.</param>
    /// <param name="readings">What is found goes there.</param>
    /// <param name="dated">False where a member timestamp is one like any other.</param>
    /// <exception cref="PayloadException">A number is out of range, a timestamp is none, or the object is nested too deeply.</exception>
    /// <exception cref="JsonException">It is no well-formed JSON.</exception>
    public static void ReadObject(ref Utf8JsonReader reader, NamePool names, long? time, Readings readings, bool dated = true)
    {
        if (dated)
        {
            var lookAhead = reader;
            time = FindTimestamp(ref lookAhead) ?? time;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (dated && reader.ValueTextEquals("timestamp"u8))
            {
                reader.Skip();
                continue;
            }

            var name = names.Get(ref reader);
            reader.Read();
            ReadMember(ref reader, names, name, null, time, readings, 1);
        }
    }

    private static void ReadMember(
        ref Utf8JsonReader reader,
        NamePool names,
        string measurement,
        string? field,
        long? time,
        Readings readings,
        int depth
    )
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when depth > DeepestMember:
                throw new PayloadException($"Members are nested at most {DeepestMember} deep.");
            case JsonTokenType.StartObject when TryReadQuantity(ref reader, out var value, out var unit):
                readings.Add(new Reading(measurement, field ?? Readings.ValueField, value, time, unit));
                break;
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = names.Get(ref reader);
                    reader.Read();
                    ReadMember(ref reader, names, measurement, Join(field, name), time, readings, depth + 1);
                }

                break;
            case JsonTokenType.StartArray:
                for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
                {
                    ReadMember(ref reader, names, measurement, Join(field, index.ToString()), time, readings, depth + 1);
                }

                break;
            case JsonTokenType.Null:
                break;
            default:
                readings.Add(new Reading(measurement, field ?? Readings.ValueField, ReadValue(ref reader), time));
                break;
        }
    }

    private static FieldValue ReadValue(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.True => FieldValue.Of(true),
            JsonTokenType.False => FieldValue.Of(false),
            JsonTokenType.String => FieldValue.Of(reader.GetString()!),
            _ => ReadNumber(ref reader),
        };

    private static FieldValue ReadNumber(ref Utf8JsonReader reader)
    {
        if (!reader.TryGetDouble(out var number) || !double.IsFinite(number))
        {
            throw new PayloadException("A number is larger than a 64-bit float holds.");
        }

        return Math.Abs(number) >= LargestExact && reader.TryGetInt64(out var whole) ? FieldValue.Of(whole) : FieldValue.Of(number);
    }

    /// <summary>A number, boolean or string as a field's value; null for anything else.</summary>
    /// <exception cref="PayloadException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">A string is no text.</exception>
    public static FieldValue? ToField(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.True => FieldValue.Of(true),
            JsonValueKind.False => FieldValue.Of(false),
            JsonValueKind.String => FieldValue.Of(element.GetString()!),
            JsonValueKind.Number when !element.TryGetDouble(out var number) || !double.IsFinite(number) => throw new PayloadException(
                "A number is larger than a 64-bit float holds."
            ),
            JsonValueKind.Number when Math.Abs(element.GetDouble()) >= LargestExact && element.TryGetInt64(out var whole) => FieldValue.Of(
                whole
            ),
            JsonValueKind.Number => FieldValue.Of(element.GetDouble()),
            _ => null,
        };

    /// <summary>Reads {"value": scalar, "unit": text} whole, in either order, the unit optional; leaves the reader where it was for any other object.</summary>
    private static bool TryReadQuantity(ref Utf8JsonReader reader, out FieldValue value, out string? unit)
    {
        (value, unit) = (default, null);
        var ahead = reader;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = ahead.ValueTextEquals("value"u8);
            if (!isValue && !ahead.ValueTextEquals("unit"u8))
            {
                return false;
            }

            ahead.Read();
            if (isValue && ahead.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.String)
            {
                value = ReadValue(ref ahead);
            }
            else if (!isValue && ahead.TokenType is JsonTokenType.String or JsonTokenType.Null)
            {
                unit = ahead.GetString();
            }
            else
            {
                return false;
            }
        }

        if (value.Type == default)
        {
            return false;
        }

        reader = ahead;
        return true;
    }

    private static long? FindTimestamp(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("timestamp"u8);
            reader.Read();
            if (found)
            {
                return PayloadTime.Read(ref reader);
            }

            reader.Skip();
        }

        return null;
    }

    private static string Join(string? field, string name) => field is null ? name : $"{field}.{name}";
}
