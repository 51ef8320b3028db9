using System.Buffers;
using System.Text;
using System.Text.Json;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>
/// Conduit's uplinks as device messages: those with the property dialect=conduit (and perhaps form=v1 or v2), in JSON as <see cref="UplinkParser"/> reads it, or the byte array of V1 as bytes or in hexadecimal. A channel that the
/// device has is the measurement and field that it says; a new one is measurement channel&lt;n&gt;, field value.
/// </summary>
public sealed class ConduitPayloadDecoder : IPayloadDecoder
{
    /// <summary>The dialect's name, as a message's property dialect has it.</summary>
    public const string Dialect = "conduit";

    /// <summary>The property that says which form the payload has: v1 or v2; without it the payload tells.</summary>
    public const string FormProperty = "form";

    /// <summary>The type of the external id that is a device's network id.</summary>
    public const string NetworkId = "netid";

    public bool TryDecode(DeviceMessage message, DeviceTwin sender, Readings readings)
    {
        if (!message.Properties.TryGetValue("dialect", out var dialect) || dialect != Dialect)
        {
            return false;
        }

        foreach (var uplink in Parse(message.Body, message.Properties.GetValueOrDefault(FormProperty)))
        {
            if (uplink.NetworkId is { } id && id != sender.NameIn(NetworkId) && id != sender.HubId)
            {
                throw new PayloadException($"The uplink is of device {id}, which is not the one that sent it.");
            }

            foreach (var (number, value) in uplink.Values)
            {
                readings.Add(ReadingOf(sender, number, value, uplink.Milliseconds * 1_000_000));
            }
        }

        return true;
    }

    /// <summary>The uplink as a device's message: what the way it came by has told is not in it, above all no token.</summary>
    internal static DeviceMessage ToMessage(DeviceTwin device, ConduitUplink uplink, DateTimeOffset received)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            if (uplink.Milliseconds is { } time)
            {
                writer.WriteNumber("timestamp", time);
            }

            writer.WriteStartArray("data");
            foreach (var (channel, value) in uplink.Values)
            {
                writer.WriteStartObject();
                writer.WriteNumber("channelId", channel);
                writer.WriteNumber("value", value);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return ToMessage(device.HubId, body.WrittenMemory, received, "v2");
    }

    /// <summary>A payload as it came, as a message of the device with this hub id.</summary>
    internal static DeviceMessage ToMessage(string hubId, ReadOnlyMemory<byte> body, DateTimeOffset received, string form)
    {
        var properties = new Dictionary<string, string> { ["dialect"] = Dialect, [FormProperty] = form };
        return new DeviceMessage(hubId, body, received, MessageSource.Telemetry, DeviceMessage.NoProperties, properties);
    }

    /// <summary>The body of V1 as a connector takes it: bytes, or the same in hexadecimal.</summary>
    /// <exception cref="PayloadException">It is neither.</exception>
    internal static IReadOnlyList<ChannelValue> ParseBytes(ReadOnlySpan<byte> body)
    {
        var text = body.Trim(" \t\r\n"u8);
        return text.IndexOfAnyExcept(HexDigits) < 0 ? HexPayload.Decode(Encoding.ASCII.GetString(text)) : HexPayload.Decode(body);
    }

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static IReadOnlyList<ConduitUplink> Parse(ReadOnlyMemory<byte> body, string? form)
    {
        // Bytes may begin as JSON does, with a voltage of such a number; but no JSON has a zero, and bytes have hardly none.
        var isJson =
            form == "v2"
            || (form != "v1" && body.Span.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] && !body.Span.Contains((byte)0));
        return isJson ? UplinkParser.Parse(new ReadOnlySequence<byte>(body)) : [new ConduitUplink(null, null, ParseBytes(body.Span))];
    }

    private static Reading ReadingOf(DeviceTwin device, int number, double value, long? time)
    {
        foreach (var channel in device.Channels)
        {
            if (channel.Number == number)
            {
                return new Reading(channel.Measurement, channel.Field, FieldValue.Of(value), time);
            }
        }

        return new Reading($"channel{number}", Readings.ValueField, FieldValue.Of(value), time, Channel: number);
    }
}
