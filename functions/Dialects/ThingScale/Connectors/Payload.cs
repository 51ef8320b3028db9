using System.Text;
using System.Text.Json;
using Serverless.Dialects.Http;
using Serverless.Dialects.ThingScale.Streams;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.ThingScale.Connectors;

/// <summary>The forms of payload that devices send.</summary>
internal enum PayloadForm
{
    /// <summary>A JSON object, or a number, whose row is {"value":number}.</summary>
    Json,

    /// <summary>Any bytes; the row is a text in hexadecimal.</summary>
    Binary,

    /// <summary>v=…&amp;v2=…, see <see cref="Version1Values"/>.</summary>
    V1,
}

/// <summary>What a device sends through one of this API's doors.</summary>
/// <param name="Body">Its bytes.</param>
/// <param name="Form">Its form.</param>
/// <param name="Tag">Its tag, or null.</param>
internal sealed record Payload(ReadOnlyMemory<byte> Body, PayloadForm Form, string? Tag)
{
    /// <summary>The most bytes of a payload. A binary one takes four times as many: hexadecimal, in its row and in its measurement.</summary>
    public const int MostBytes = 128 * 1024;

    /// <summary>The measurement of binary payloads.</summary>
    public const string BinaryMeasurement = "binary";

    /// <summary>The row's value, or null where the payload cannot be read.</summary>
    public JsonElement? Check()
    {
        try
        {
            return Read(new Readings());
        }
        catch (Exception unreadable) when (unreadable is PayloadException or JsonException or InvalidOperationException)
        {
            // The last is the JSON reader's word for a string that is no well-formed UTF-8 or UTF-16.
            return null;
        }
    }

    /// <summary>
    /// Adds the row as it was sent, and each of its values. They are dated by their arrival, whatever members they have, as rows of this API are.
    /// </summary>
    /// <returns>The row's value.</returns>
    /// <exception cref="PayloadException">The payload cannot be read.</exception>
    /// <exception cref="JsonException">It is no well-formed JSON.</exception>
    /// <exception cref="InvalidOperationException">A text in it is no well-formed UTF-8 or UTF-16.</exception>
    public JsonElement Read(Readings readings)
    {
        if (Body.Length is 0 or > MostBytes)
        {
            throw new PayloadException($"A payload has 1 to {MostBytes} bytes.");
        }

        var json = Form switch
        {
            PayloadForm.Binary => Encoding.ASCII.GetBytes($"\"{Convert.ToHexStringLower(Body.Span)}\""),
            PayloadForm.V1 => Version1Values.ToJson(Body.Span),
            _ => ReadJson(),
        };
        if (Form == PayloadForm.Binary)
        {
            readings.Add(new Reading(BinaryMeasurement, Readings.ValueField, FieldValue.Of(Convert.ToHexStringLower(Body.Span))));
        }
        else
        {
            var reader = JsonPayloadDecoder.Open(json);
            JsonValues.ReadObject(ref reader, JsonPayloadDecoder.Names, null, readings, dated: false);
        }

        // Last, so that no member of the payload takes its place.
        readings.Add(KeptMessage.Of(Tag, Form == PayloadForm.V1, json));
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = RequestBodies.MaxDepth });
        return document.RootElement.Clone();
    }

    /// <summary>The body as a JSON object.</summary>
    private byte[] ReadJson()
    {
        var text = Body.Span.StartsWith("\uFEFF"u8) ? Body[3..] : Body;
        var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = RequestBodies.MaxDepth };
        using var document = JsonDocument.Parse(text, options);
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.Object => text.ToArray(),
            JsonValueKind.Number => Encoding.UTF8.GetBytes($"{{\"value\":{document.RootElement.GetRawText()}}}"),
            _ => throw new PayloadException("A payload is a JSON object or a number."),
        };
    }
}
