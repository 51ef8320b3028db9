using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Http;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>
/// Measurements in messages with the property dialect=cumulocity, whether they came by this API or by IoT Hub: one as the body of POST /measurement/measurements has it, or {"measurements": […]}. Whose
/// they are is known by who sent them; one without a time is of the message's.
/// </summary>
public sealed class CumulocityPayloadDecoder : IPayloadDecoder
{
    internal const string DialectProperty = "dialect";

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = RequestBodies.MaxDepth };

    public bool TryDecode(DeviceMessage message, DeviceTwin sender, Readings readings)
    {
        if (message.Properties.GetValueOrDefault(DialectProperty) != CumulocityDialect.DialectName)
        {
            return false;
        }

        RequestBodies.CheckTexts(message.Body.Span);
        switch (JsonNode.Parse(message.Body.Span, documentOptions: Options))
        {
            case JsonObject body when body["measurements"] is JsonArray all:
                foreach (var one in all)
                {
                    Add(one as JsonObject ?? throw new PayloadException("measurements is an array of objects."), readings);
                }

                break;
            case JsonObject body:
                Add(body, readings);
                break;
            default:
                throw new PayloadException("A measurement is a JSON object.");
        }

        readings.TellsMessage = true;
        return true;
    }

    /// <summary>A measurement as the message that this decoder reads.</summary>
    /// <param name="device">Whose it is.</param>
    /// <param name="body">The measurement.</param>
    /// <param name="received">When it came.</param>
    /// <param name="effects">What is done with it.</param>
    /// <param name="isHeartbeat">Whether it is a sign of the device's life.</param>
    internal static DeviceMessage MessageOf(FoundDevice device, JsonObject body, DateTimeOffset received, Effects effects, bool isHeartbeat)
    {
        var properties = new Dictionary<string, string> { [DialectProperty] = CumulocityDialect.DialectName };
        if (effects.ToText() is { } mode)
        {
            properties[DeviceMessage.ModeProperty] = mode;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, CumulocityJson.Default.JsonObject);
        return new DeviceMessage(
            device.Stored.Value.HubId,
            bytes,
            received,
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            properties
        )
        {
            Device = device,
            IsHeartbeat = isHeartbeat,
        };
    }

    private static void Add(JsonObject body, Readings readings)
    {
        var measurement = MeasurementParser.Read(body);
        foreach (var reading in measurement.Readings)
        {
            readings.Add(reading with { Time = measurement.Time });
        }

        readings.Add(
            new Reading(
                Readings.MessageMeasurement,
                Measurement.FieldPrefix + measurement.Form,
                FieldValue.Of(MeasurementParser.TextOf(measurement)),
                measurement.Time
            )
        );
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class CumulocityJson : System.Text.Json.Serialization.JsonSerializerContext;
