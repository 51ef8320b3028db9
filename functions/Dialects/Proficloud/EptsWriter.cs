using System.Text.Json;
using Serverless.Domain.Series;
using Serverless.Domain.Time;

namespace Serverless.Dialects.Proficloud;

/// <summary>Writes points as the time series service has them: {"timestamp":"2020-07-21T10:45:01Z","values":{"value":10}}.</summary>
internal static class EptsWriter
{
    // Clients parse a fraction with Python's %f, which takes six digits.
    private const int FractionDigits = 6;

    public static void WritePoint(Utf8JsonWriter writer, long time, IEnumerable<KeyValuePair<string, FieldValue>> values)
    {
        StartPoint(writer, time);
        foreach (var (name, value) in values)
        {
            WriteValue(writer, name, value);
        }

        EndPoint(writer);
    }

    public static void WritePoint(Utf8JsonWriter writer, long time, string field, FieldValue value)
    {
        StartPoint(writer, time);
        WriteValue(writer, field, value);
        EndPoint(writer);
    }

    private static void StartPoint(Utf8JsonWriter writer, long time)
    {
        Span<byte> text = stackalloc byte[Rfc3339.MaxLength];
        writer.WriteStartObject();
        writer.WriteString("timestamp"u8, text[..Rfc3339.Write(time, text, FractionDigits)]);
        writer.WriteStartObject("values"u8);
    }

    private static void EndPoint(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, FieldValue value)
    {
        switch (value.Type)
        {
            case FieldType.Float:
                writer.WriteNumber(name, value.Float);
                break;
            case FieldType.Integer:
                writer.WriteNumber(name, value.Integer);
                break;
            case FieldType.Boolean:
                writer.WriteBoolean(name, value.Boolean);
                break;
            default:
                writer.WriteString(name, value.Text);
                break;
        }
    }
}
