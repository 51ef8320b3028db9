using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Thingsee.Messages;

/// <summary>
/// Takes an array of Thingsee messages apart, which may be of several things: Haltian's cloud is connected to an IoT Hub as one device and sends for all. Each goes its own way as one that says
/// dialect=thingsee, so that one that cannot be read is a dead letter alone.
/// </summary>
public sealed class ThingseeMessageSplitter : IMessageSplitter
{
    private const string OffsetProperty = "thingsee.offset";
    private const int MostMicroseconds = 1_000_000;

    public IReadOnlyList<DeviceMessage>? Split(DeviceMessage message)
    {
        var declared = message.Properties.GetValueOrDefault("dialect") == ThingseeMessage.Form;
        if (!declared && !ThingseeMessage.MayHold(message.Body.Span))
        {
            return null;
        }

        try
        {
            var body = ThingseeMessage.Parse(message.Body);
            return body.ValueKind == JsonValueKind.Array && (declared || body.EnumerateArray().Any(ThingseeMessage.IsOne))
                ? Split(message, body)
                : null;
        }
        catch (JsonException)
        {
            // The decoder says what is wrong with it.
            return null;
        }
    }

    /// <summary>Nanoseconds that set a message apart from others of the same thing, profile and time in its array.</summary>
    internal static long OffsetOf(DeviceMessage message) =>
        message.Properties.TryGetValue(OffsetProperty, out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
        && microseconds < MostMicroseconds
            ? microseconds * 1000L
            : 0;

    private static List<DeviceMessage> Split(DeviceMessage message, JsonElement array)
    {
        var parts = new List<DeviceMessage>();
        var seen = new Dictionary<(string, string, string), int>();
        foreach (var element in array.EnumerateArray())
        {
            var properties = new Dictionary<string, string>(message.Properties) { ["dialect"] = ThingseeMessage.Form };
            if (NameOf(element) is { } name)
            {
                var place = CollectionsMarshal.GetValueRefOrAddDefault(seen, name, out _)++;
                if (place > 0)
                {
                    properties[OffsetProperty] = place.ToString(CultureInfo.InvariantCulture);
                }
            }

            parts.Add(
                message with
                {
                    Body = JsonMarshal.GetRawUtf8Value(element).ToArray(),
                    // Two readings of one instant would be one.
                    EnqueuedTime = message.EnqueuedTime.AddMicroseconds(parts.Count),
                    Properties = properties,
                }
            );
        }

        return parts;
    }

    /// <summary>What is one point in time for the store: messages of the same name would take each other's place.</summary>
    private static (string, string, string)? NameOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty("tsmId", out var id)
        && element.TryGetProperty("tsmTs", out var time)
            ? (id.GetRawText(), time.GetRawText(), element.TryGetProperty("tsmTuid", out var tuid) ? tuid.GetRawText() : "")
            : null;
}
