using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Http;
using Serverless.Domain.Changes;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>A notification as Bayeux carries it: {"channel":…,"id":…,"data":{"realtimeAction":…,"data":…}}, or with the thing itself as data.</summary>
internal static class Notification
{
    /// <summary>The thing as bytes, which go into any number of notifications.</summary>
    public static byte[] Render(JsonNode thing)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions))
        {
            thing.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="writer">Takes the notification.</param>
    /// <param name="delivery">The channel.</param>
    /// <param name="change">What happened.</param>
    /// <param name="thing">The thing, rendered.</param>
    public static void Write(Utf8JsonWriter writer, Delivery delivery, LoggedChange change, ReadOnlySpan<byte> thing)
    {
        writer.WriteStartObject();
        writer.WriteString("channel", delivery.Channel);
        writer.WriteString("id", change.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture));
        writer.WritePropertyName("data");
        if (delivery.IsBare)
        {
            writer.WriteRawValue(thing, skipInputValidation: true);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteString("realtimeAction", ChangeRepresentations.ActionOf(change));
            writer.WritePropertyName("data");
            writer.WriteRawValue(thing, skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
