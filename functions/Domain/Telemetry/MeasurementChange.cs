using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;

namespace Serverless.Domain.Telemetry;

/// <summary>A reading as the change log tells it: {"device","uuid","time","values":{measurement:{field:value}},"units":{measurement:{field:unit}}}.</summary>
internal static class MeasurementChange
{
    /// <param name="twin">The device.</param>
    /// <param name="time">The readings' time in nanoseconds since 1970.</param>
    /// <param name="readings">Its readings of that time.</param>
    public static JsonObject Of(DeviceTwin twin, long time, IEnumerable<Reading> readings)
    {
        var (values, units) = (new JsonObject(), new JsonObject());
        foreach (var reading in readings)
        {
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
        if (units.Count > 0)
        {
            body["units"] = units;
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
