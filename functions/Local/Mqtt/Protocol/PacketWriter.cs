using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Serverless.Local.Mqtt.Protocol;

/// <summary>Writes the packets that a server sends.</summary>
internal static class PacketWriter
{
    private const int LargestHeader = 5;

    public static void ConnAck(IBufferWriter<byte> target, ConnectReturnCode code, bool sessionPresent) =>
        Write(target, [(byte)PacketType.ConnAck << 4, 2, sessionPresent ? (byte)1 : (byte)0, (byte)code]);

    /// <summary>PUBACK, PUBREC, PUBCOMP or UNSUBACK.</summary>
    public static void Acknowledgement(IBufferWriter<byte> target, PacketType type, ushort id) =>
        Write(target, [(byte)((byte)type << 4), 2, (byte)(id >> 8), (byte)id]);

    public static void PingResp(IBufferWriter<byte> target) => Write(target, [(byte)PacketType.PingResp << 4, 0]);

    /// <summary>SUBACK with one code for each filter: the granted QoS, or 0x80 for a refusal.</summary>
    public static void SubAck(IBufferWriter<byte> target, ushort id, ReadOnlySpan<byte> codes)
    {
        var span = target.GetSpan(LargestHeader + 2 + codes.Length);
        var at = Header(span, (byte)PacketType.SubAck << 4, 2 + codes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(span[at..], id);
        codes.CopyTo(span[(at + 2)..]);
        target.Advance(at + 2 + codes.Length);
    }

    public static void Publish(IBufferWriter<byte> target, MqttMessage message, ushort id, bool duplicate)
    {
        var topicLength = Encoding.UTF8.GetByteCount(message.Topic);
        if (topicLength > ushort.MaxValue)
        {
            throw new ArgumentException("The topic is longer than 65,535 bytes.", nameof(message));
        }

        var idLength = message.Qos == MqttQos.AtMostOnce ? 0 : 2;
        var first = ((byte)PacketType.Publish << 4) | (duplicate ? 0x08 : 0) | ((byte)message.Qos << 1) | (message.Retain ? 0x01 : 0);
        var span = target.GetSpan(LargestHeader + 2 + topicLength + idLength);
        var at = Header(span, (byte)first, 2 + topicLength + idLength + message.Payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(span[at..], (ushort)topicLength);
        at += 2 + Encoding.UTF8.GetBytes(message.Topic, span[(at + 2)..]);
        if (idLength > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(span[at..], id);
        }

        target.Advance(at + idLength);
        target.Write(message.Payload.Span);
    }

    private static void Write(IBufferWriter<byte> target, ReadOnlySpan<byte> packet) => target.Write(packet);

    private static int Header(Span<byte> span, byte first, int length)
    {
        span[0] = first;
        var at = 1;
        do
        {
            span[at++] = (byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0));
            length >>= 7;
        } while (length > 0);

        return at;
    }
}
