using System.Text.Json;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;

namespace Serverless.Tests.Support;

/// <summary>Reads {"test":{uuid, subject, color, firmware, log, message, tells, channel, temp}}: a payload that tells of the device besides readings.</summary>
internal sealed class TestDecoder : IPayloadDecoder
{
    public bool TryDecode(DeviceMessage message, DeviceTwin sender, Readings readings)
    {
        if (!message.Body.Span.StartsWith("{\"test\":"u8))
        {
            return false;
        }

        int? channel = null;
        using var json = JsonDocument.Parse(message.Body);
        foreach (var member in json.RootElement.GetProperty("test").EnumerateObject())
        {
            switch (member.Name)
            {
                case "uuid":
                    readings.Subject = new ExternalId(ExternalId.Uuid, member.Value.GetGuid().ToString());
                    break;
                case "subject":
                    readings.Subject = new ExternalId("tuid", member.Value.GetString()!);
                    break;
                case "message":
                    readings.Add(new Reading(Readings.MessageMeasurement, "test", FieldValue.Of(member.Value.GetString()!)));
                    break;
                case "tells":
                    readings.TellsMessage = member.Value.GetBoolean();
                    break;
                case "channel":
                    channel = member.Value.GetInt32();
                    break;
                case "color":
                    readings.Health = new Health((HealthColor)member.Value.GetInt32(), "", message.EnqueuedTime);
                    break;
                case "firmware":
                    readings.Firmware = member.Value.GetString();
                    break;
                case "log":
                    readings.Add(new DeviceLogLine("", message.EnqueuedTime, 1, "tag", member.Value.GetString()!));
                    break;
                default:
                    readings.Add(new Reading(member.Name, "value", FieldValue.Of(member.Value.GetDouble()), Channel: channel));
                    break;
            }
        }

        return true;
    }
}
