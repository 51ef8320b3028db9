using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>
/// A reading as the change log tells it: {"device","uuid","time","values":{measurement:{field:value}},"units":{measurement:{field:unit}}}, and where it came in a message that is kept as it was sent
/// also "message":{"form","text"}. A time that is no whole multiple of 100 ns is also told as "nanoseconds" since 1970.
/// </summary>
internal static class MeasurementChange
{
    /// <param name="twin">The device.</param>
    /// <param name="time">The readings' time in nanoseconds since 1970.</param>
    /// <param name="readings">Its readings of that time; a kept message is one of them.</param>
    public static JsonObject Of(DeviceTwin twin, long time, IEnumerable<Reading> readings)
    {
        var (values, units, message) = (new JsonObject(), new JsonObject(), (JsonObject?)null);
        foreach (var reading in readings)
        {
            if (reading.Measurement == Readings.MessageMeasurement)
            {
                message ??= new JsonObject { ["form"] = reading.Field, ["text"] = reading.Value.Text };
                continue;
            }

            Member(values, reading.Measurement)[reading.Field] = ToNode(reading.Value);
            if (reading.Unit is not null)
            {
                Member(units, reading.Measurement)[reading.Field] = reading.Unit;
            }
        }

        var body = new JsonObject
        {
            ["device"] = twin.Id,
            ["uuid"] = twin.Uuid.ToString(),
            ["time"] = DateTimeOffset.UnixEpoch.AddTicks(time / 100),
            ["values"] = values,
        };
        if (time % 100 != 0)
        {
            body["nanoseconds"] = time;
        }

        if (units.Count > 0)
        {
            body["units"] = units;
        }

        if (message is not null)
        {
            body["message"] = message;
        }

        return body;
    }

    /// <summary>A message as it was sent: {"device","uuid","time","form","text"}.</summary>
    /// <param name="twin">The device.</param>
    /// <param name="time">Its time in nanoseconds since 1970.</param>
    /// <param name="message">The reading that keeps it.</param>
    public static JsonObject OfMessage(DeviceTwin twin, long time, in Reading message) =>
        new()
        {
            ["device"] = twin.Id,
            ["uuid"] = twin.Uuid.ToString(),
            ["time"] = DateTimeOffset.UnixEpoch.AddTicks(time / 100),
            ["form"] = message.Field,
            ["text"] = message.Value.Text,
        };

    private static JsonObject Member(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject member)
        {
            parent[name] = member = [];
        }

        return member;
    }

    private static JsonValue ToNode(FieldValue value) =>
        value.Type switch
        {
            FieldType.Float => JsonValue.Create(value.Float),
            FieldType.Integer => JsonValue.Create(value.Integer),
            FieldType.Boolean => JsonValue.Create(value.Boolean),
            _ => JsonValue.Create(value.Text),
        };
}
