using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Http;
using Serverless.Domain.Events;
using Serverless.Domain.Rules;
using Serverless.Domain.Webhooks;

namespace Serverless.Dialects.ThingScale.Events;

/// <summary>The body that this API posts to an event's post_url (dev.thingscale.io, Event service; the stray brace of its sample left out).</summary>
/// <remarks>
/// {"event_id","description","mapped_ch","channel_name","source","status","current","threshold"}: current as it came, threshold a text. The sentence in status is documented for = alone, "value1 was
/// consistent with the threshold. Current:13 = Threshold:13"; [I] for the others likewise.
/// </remarks>
public sealed class ThingScaleForm : IWebhookForm
{
    public const string FormName = ThingScaleDialect.DialectName;

    public string Name => FormName;

    public string ContentType => "application/json; charset=utf-8";

    public byte[]? Write(CloudEvent cloudEvent)
    {
        var data = cloudEvent.Data;
        if (cloudEvent.Type == WebhookTest.Type)
        {
            return WriteTest(data["fragments"] as JsonObject ?? NoEvent());
        }

        return
            cloudEvent.Type == CrossingEffects.Crossed
            && data["dialect"]?.ToString() == ThingScaleDialect.DialectName
            && data["fragments"] is JsonObject fired
            ? Write(fired, StatusOf(fired, data["value"]), data["value"])
            : null;
    }

    /// <summary>The members of a body in the place of an event's, for a webhook that belongs to none.</summary>
    private static JsonObject NoEvent() =>
        new()
        {
            ["event_id"] = 0,
            ["description"] = "Test",
            ["mapped_ch"] = 0,
            ["channel_name"] = "",
            ["source"] = "",
            ["threshold"] = "0",
        };

    /// <summary>[I] A test is a body like any other, with the threshold as the current value; its sentence says what it is.</summary>
    private static byte[] WriteTest(JsonObject tested)
    {
        var threshold = tested["threshold"]?.ToString() ?? "";
        JsonNode current =
            double.TryParse(threshold, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number
                : threshold;
        return Write(tested, $"This is a test: nothing has crossed the threshold. Threshold:{threshold}", current);
    }

    private static byte[] Write(JsonObject fired, string status, JsonNode? current)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions))
        {
            writer.WriteStartObject();
            Copy(writer, "event_id", fired["event_id"]);
            Copy(writer, "description", fired["description"]);
            Copy(writer, "mapped_ch", fired["mapped_ch"]);
            Copy(writer, "channel_name", fired["channel_name"]);
            Copy(writer, "source", fired["source"]);
            writer.WriteString("status", status);
            Copy(writer, "current", current);
            Copy(writer, "threshold", fired["threshold"]);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string StatusOf(JsonObject fired, JsonNode? current)
    {
        var (source, sign, threshold) = (fired["source"], fired["operator"]?.ToString() ?? "", fired["threshold"]);
        var text =
            current is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : current?.ToJsonString();
        return $"{source} was {WordsOf(sign)} the threshold. Current:{text} {sign} Threshold:{threshold}";
    }

    private static string WordsOf(string sign) =>
        sign switch
        {
            "<" => "less than",
            "<=" => "less than or consistent with",
            ">" => "greater than",
            ">=" => "greater than or consistent with",
            "=" => "consistent with",
            _ => "inconsistent with",
        };

    private static void Copy(Utf8JsonWriter writer, string name, JsonNode? value)
    {
        writer.WritePropertyName(name);
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            value.WriteTo(writer);
        }
    }
}
