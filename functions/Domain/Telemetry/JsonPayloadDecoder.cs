using System.Text.Json;
using Serverless.Domain.Devices;

namespace Serverless.Domain.Telemetry;

/// <summary>Any JSON object, or array of objects, as readings: the form of last resort, which takes every payload.</summary>
public sealed class JsonPayloadDecoder : IPayloadDecoder
{
    [ThreadStatic]
    private static NamePool? pool;

    /// <summary>This thread's pool of names; decoding does not await, so that one pool a thread is enough.</summary>
    public static NamePool Names => pool ??= new NamePool();

    public bool TryDecode(DeviceMessage message, DeviceTwin sender, Readings readings)
    {
        var reader = Open(message.Body.Span);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                JsonValues.ReadObject(ref reader, Names, null, readings);
                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    JsonValues.ReadObject(ref reader, Names, null, readings);
                }

                if (reader.TokenType != JsonTokenType.EndArray)
                {
                    throw new PayloadException("An array of a payload holds objects only.");
                }

                break;
            default:
                throw new PayloadException("A payload is a JSON object, or an array of objects.");
        }

        return reader.Read() ? throw new PayloadException("Something follows the JSON value.") : true;
    }

    /// <summary>A reader at the payload's first token.</summary>
    /// <exception cref="PayloadException">The payload is empty.</exception>
    /// <exception cref="JsonException">It does not begin as JSON.</exception>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> body)
    {
        var text = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        var reader = new Utf8JsonReader(text);
        return text.IsEmpty || !reader.Read() ? throw new PayloadException("The payload is empty.") : reader;
    }
}
