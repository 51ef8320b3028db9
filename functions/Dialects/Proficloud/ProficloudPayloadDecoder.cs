using System.Text.Json;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Proficloud;

/// <summary>
/// The payload of Proficloud's device nodes: an object whose members are config (uuid), data (readings, one object or many, each with its own timestamp in
/// milliseconds or none), trafficlight or trafficLight (color 0 green, 1 orange, 2 red; msg) and log (level 0 to 4, tag, msg), in any selection and order.
/// </summary>
public sealed class ProficloudPayloadDecoder : IPayloadDecoder
{
    public bool TryDecode(DeviceMessage message, DeviceTwin sender, Readings readings)
    {
        var reader = JsonPayloadDecoder.Open(message.Body.Span);
        if (reader.TokenType != JsonTokenType.StartObject || !IsProficloud(reader))
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString();
            reader.Read();
            switch (member)
            {
                case "config":
                    ReadConfig(ref reader, readings);
                    break;
                case "data":
                    ReadData(ref reader, readings);
                    break;
                case "log":
                    readings.Add(ReadLog(ref reader, message.EnqueuedTime));
                    break;
                default:
                    readings.Health = ReadTrafficLight(ref reader, message.EnqueuedTime);
                    break;
            }
        }

        return reader.Read() ? throw new PayloadException("Something follows the JSON value.") : true;
    }

    /// <summary>Whether every member is one of the form's, its value an object (data also an array); a device that measures something called data sends it as a number.</summary>
    private static bool IsProficloud(Utf8JsonReader reader)
    {
        var any = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var data = reader.ValueTextEquals("data"u8);
            var known =
                data
                || reader.ValueTextEquals("config"u8)
                || reader.ValueTextEquals("trafficlight"u8)
                || reader.ValueTextEquals("trafficLight"u8)
                || reader.ValueTextEquals("log"u8);
            reader.Read();
            if (!known || !(reader.TokenType == JsonTokenType.StartObject || (data && reader.TokenType == JsonTokenType.StartArray)))
            {
                return false;
            }

            reader.Skip();
            any = true;
        }

        return any;
    }

    private static void ReadConfig(ref Utf8JsonReader reader, Readings readings)
    {
        var config = JsonElement.ParseValue(ref reader);
        if (config.TryGetProperty("uuid", out var uuid))
        {
            readings.Subject =
                uuid.ValueKind == JsonValueKind.String && Guid.TryParse(uuid.GetString(), out var id)
                    ? new ExternalId(ExternalId.Uuid, id.ToString())
                    : throw new PayloadException("config.uuid is a UUID.");
        }

        readings.SerialNumber = Text(config, "serialNumber") ?? readings.SerialNumber;
        readings.Firmware = Text(config, "firmwareVersion") ?? readings.Firmware;
        readings.Hardware = Text(config, "hardwareVersion") ?? readings.Hardware;
    }

    private static void ReadData(ref Utf8JsonReader reader, Readings readings)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            JsonValues.ReadObject(ref reader, JsonPayloadDecoder.Names, null, readings);
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new PayloadException("data is an object, or an array of objects.");
            }

            JsonValues.ReadObject(ref reader, JsonPayloadDecoder.Names, null, readings);
        }
    }

    private static Health ReadTrafficLight(ref Utf8JsonReader reader, DateTimeOffset time)
    {
        var light = JsonElement.ParseValue(ref reader);
        return Number(light, "color") is >= 0 and <= 2 and var color && Text(light, "msg") is { } message
            ? new Health((HealthColor)color, message, time)
            : throw new PayloadException("trafficlight has a color of 0, 1 or 2 and a text msg.");
    }

    private static DeviceLogLine ReadLog(ref Utf8JsonReader reader, DateTimeOffset time)
    {
        var log = JsonElement.ParseValue(ref reader);
        return Number(log, "level") is >= 0 and <= 4 and var level && Text(log, "tag") is { } tag && Text(log, "msg") is { } message
            ? new DeviceLogLine("", time, level, tag, message)
            : throw new PayloadException("log has a level from 0 to 4, a text tag and a text msg.");
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;
}
