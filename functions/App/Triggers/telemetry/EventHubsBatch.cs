using System.Globalization;
using System.Text.Json;
using Serverless.Domain.Telemetry;

namespace Serverless.App.Triggers.Telemetry;

/// <summary>The messages of an Event Hubs invocation (cardinality many, dataType binary), with what IoT Hub says of each in the metadata's parallel arrays.</summary>
internal static class EventHubsBatch
{
    // What is kept of an invocation that cannot be read at all: a dead letter must fit into a document.
    private const int MostRaw = 1_000_000;

    /// <param name="body">The invocation's body.</param>
    /// <param name="now">Dates a message whose metadata has no time.</param>
    /// <returns>The messages, and with each why it cannot be read, or null.</returns>
    public static IReadOnlyList<(DeviceMessage Message, string? Unreadable)> Read(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        try
        {
            using var invocation = InvocationBody.Parse(body);
            var events = invocation.Data("events");
            var bodies = InvocationBody.Bodies(events);
            var system = Values(invocation, "SystemProperties");
            var properties = Values(invocation, "Properties");
            var times = Values(invocation, "EnqueuedTimeUtc");
            var sequences = Values(invocation, "SequenceNumber");
            var result = new List<(DeviceMessage, string?)>(bodies.Count);
            for (var i = 0; i < bodies.Count; i++)
            {
                var message = ReadOne(bodies[i] ?? [], At(system, i), At(properties, i), At(times, i), At(sequences, i), now);
                result.Add((message, bodies[i] is null ? "The event's body is no base64." : null));
            }

            return result;
        }
        catch (JsonException broken)
        {
            return [(Raw(body, now), $"The invocation cannot be read: {broken.Message}")];
        }
        catch (InvalidOperationException broken)
        {
            // What the JSON reader says of a string that is no well-formed Unicode.
            return [(Raw(body, now), $"The invocation cannot be read: {broken.Message}")];
        }
    }

    private static DeviceMessage Raw(ReadOnlyMemory<byte> body, DateTimeOffset now) =>
        new(
            "",
            body[..Math.Min(body.Length, MostRaw)].ToArray(),
            now,
            MessageSource.Unknown,
            DeviceMessage.NoProperties,
            DeviceMessage.NoProperties
        );

    private static DeviceMessage ReadOne(
        byte[] body,
        JsonElement system,
        JsonElement properties,
        JsonElement time,
        JsonElement sequence,
        DateTimeOffset now
    )
    {
        var systemTexts = Texts(system);
        var enqueued =
            Time(systemTexts.GetValueOrDefault("iothub-enqueuedtime"))
            ?? Time(time.ValueKind == JsonValueKind.String ? time.GetString() : null)
            ?? Time(systemTexts.GetValueOrDefault("EnqueuedTimeUtc"))
            ?? now;
        var texts = Texts(properties);
        return new DeviceMessage(
            systemTexts.GetValueOrDefault("iothub-connection-device-id")
                ?? texts.GetValueOrDefault("deviceId")
                ?? systemTexts.GetValueOrDefault("PartitionKey")
                ?? "",
            body,
            Distinct(enqueued, sequence, systemTexts),
            SourceOf(systemTexts.GetValueOrDefault("iothub-message-source")),
            systemTexts,
            texts
        );
    }

    /// <summary>
    /// The broker's time has milliseconds, and a device may send several messages in one: its readings would replace each other. The sequence number, which is the
    /// same on redelivery, tells them apart in the microseconds.
    /// </summary>
    private static DateTimeOffset Distinct(DateTimeOffset enqueued, JsonElement sequence, Dictionary<string, string> system)
    {
        var number =
            sequence.ValueKind == JsonValueKind.Number && sequence.TryGetInt64(out var given) ? given
            : long.TryParse(system.GetValueOrDefault("SequenceNumber"), out var told) ? told
            : 0;
        var milliseconds = enqueued.UtcTicks / TimeSpan.TicksPerMillisecond;
        var micros = (long)((ulong)number % 1000);
        return new DateTimeOffset((milliseconds * TimeSpan.TicksPerMillisecond) + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }

    /// <summary>Event Hubs writes times in UTC without saying so.</summary>
    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    private static MessageSource SourceOf(string? source) =>
        source switch
        {
            null or "" or "Telemetry" => MessageSource.Telemetry,
            "twinChangeEvents" => MessageSource.TwinChange,
            "deviceLifecycleEvents" => MessageSource.DeviceLifecycle,
            "deviceConnectionStateEvents" => MessageSource.ConnectionState,
            _ => MessageSource.Unknown,
        };

    private static Dictionary<string, string> Texts(JsonElement properties)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.Null)
                {
                    texts[property.Name] = property.Value.ToString();
                }
            }
        }

        return texts;
    }

    /// <summary>What the metadata has for each event: an array where the cardinality is many, one value under the plain name where it is one.</summary>
    private static JsonElement[] Values(InvocationBody invocation, string name) =>
        invocation.Metadata($"{name}Array") is { } many
            ? many.ValueKind == JsonValueKind.Array
                ? [.. many.EnumerateArray()]
                : []
            : invocation.Metadata(name) is { } one
                ? [one]
                : [];

    private static JsonElement At(JsonElement[] array, int index) => index < array.Length ? array[index] : default;
}
