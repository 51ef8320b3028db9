using System.Text;
using Serverless.Domain.Telemetry;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>Makes device messages of what one device publishes. Consecutive messages with the same properties share their dictionaries.</summary>
/// <remarks>
/// Enqueued times are whole microseconds and grow from message to message: readings without a time of their own are dated by them, and two of the same time would be
/// one.
/// </remarks>
internal sealed class Telemetry(string hubId, string authMethod)
{
    private string? lastBag;
    private bool lastRetain;
    private long lastTicks;
    private Dictionary<string, string> system = [];
    private Dictionary<string, string> properties = [];

    /// <exception cref="MqttProtocolException">The message is too large.</exception>
    public DeviceMessage Read(MqttMessage message, string bag, DateTimeOffset now)
    {
        if (message.Payload.Length + Encoding.UTF8.GetByteCount(bag) > HubLimits.TelemetryBytes)
        {
            throw new MqttProtocolException("Its message is larger than 256 KiB.");
        }

        if (bag != lastBag || message.Retain != lastRetain)
        {
            Decode(bag, message.Retain);
        }

        return new DeviceMessage(hubId, message.Payload, Enqueued(now), MessageSource.Telemetry, system, properties);
    }

    /// <summary>A will is telemetry that says so.</summary>
    public DeviceMessage ReadWill(MqttMessage message, string bag, DateTimeOffset now)
    {
        var read = Read(message, bag, now);
        return read with { Properties = new Dictionary<string, string>(read.Properties) { ["iothub-MessageType"] = "Will" } };
    }

    private DateTimeOffset Enqueued(DateTimeOffset now)
    {
        var ticks = now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond);
        lastTicks = Math.Max(ticks, lastTicks + TimeSpan.TicksPerMicrosecond);
        return new DateTimeOffset(lastTicks, TimeSpan.Zero);
    }

    private void Decode(string bag, bool retain)
    {
        system = new Dictionary<string, string>
        {
            ["iothub-connection-device-id"] = hubId,
            ["iothub-connection-auth-method"] = authMethod,
            ["iothub-message-source"] = "Telemetry",
        };
        properties = [];
        PropertyBag.Decode(bag, system, properties);
        if (retain)
        {
            // IoT Hub retains nothing; it leaves it to whoever reads the message.
            properties["mqtt-retain"] = "true";
        }

        lastBag = bag;
        lastRetain = retain;
    }
}
