using System.Buffers;

namespace Serverless.Local.Mqtt.Protocol;

/// <summary>Cuts a stream of bytes into control packets (MQTT 3.1.1, section 2.2). It copies nothing.</summary>
internal static class FrameReader
{
    private const int MaximumLengthBytes = 4;

    /// <summary>Takes the next whole packet off the buffer, or leaves the buffer as it is where the packet is not all there yet.</summary>
    /// <param name="buffer">What has been received; advanced behind the packet.</param>
    /// <param name="maximum">The largest remaining length to accept: a larger one is refused before its bytes arrive.</param>
    /// <param name="frame">The packet; its body is a part of the buffer.</param>
    /// <exception cref="MqttProtocolException">The type is reserved, the flags are wrong for the type, or the length is malformed or too large.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int maximum, out Frame frame)
    {
        frame = default;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryRead(out var first))
        {
            return false;
        }

        var type = (PacketType)(first >> 4);
        var flags = (byte)(first & 0x0F);
        Check(type, flags);
        if (!TryReadLength(ref reader, out var length))
        {
            return false;
        }

        if (length > maximum)
        {
            throw new MqttProtocolException($"A packet of {length} bytes is larger than {maximum}.");
        }

        if (reader.Remaining < length)
        {
            return false;
        }

        var body = buffer.Slice(reader.Position, length);
        frame = new Frame(type, flags, body);
        buffer = buffer.Slice(body.End);
        return true;
    }

    private static bool TryReadLength(ref SequenceReader<byte> reader, out int length)
    {
        length = 0;
        for (var i = 0; i < MaximumLengthBytes; i++)
        {
            if (!reader.TryRead(out var value))
            {
                return false;
            }

            length |= (value & 0x7F) << (7 * i);
            if ((value & 0x80) == 0)
            {
                return true;
            }
        }

        throw new MqttProtocolException("The remaining length has more than four bytes.");
    }

    private static void Check(PacketType type, byte flags)
    {
        if (type is < PacketType.Connect or > PacketType.Disconnect)
        {
            throw new MqttProtocolException($"The packet type {(byte)type} is reserved.");
        }

        var expected = type is PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe ? 0b0010 : 0;
        if (type != PacketType.Publish && flags != expected)
        {
            throw new MqttProtocolException($"The flags {flags} are wrong for {type}.");
        }
    }
}
