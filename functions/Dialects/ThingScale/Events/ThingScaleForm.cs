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
        if (
            cloudEvent.Type != CrossingEffects.Crossed
            || data["dialect"]?.ToString() != ThingScaleDialect.DialectName
            || data["fragments"] is not JsonObject fired
        )
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions))
        {
            writer.WriteStartObject();
            Copy(writer, "event_id", fired["event_id"]);
            Copy(writer, "description", fired["description"]);
            Copy(writer, "mapped_ch", fired["mapped_ch"]);
            Copy(writer, "channel_name", fired["channel_name"]);
            Copy(writer, "source", fired["source"]);
            writer.WriteString("status", StatusOf(fired, data["value"]));
            Copy(writer, "current", data["value"]);
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
