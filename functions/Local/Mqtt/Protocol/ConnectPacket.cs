using System.Buffers;

namespace Serverless.Local.Mqtt.Protocol;

/// <summary>CONNECT (MQTT 3.1.1, section 3.1).</summary>
internal sealed record ConnectPacket(
    string ClientId,
    bool CleanSession,
    ushort KeepAlive,
    string? UserName,
    ReadOnlyMemory<byte>? Password,
    MqttMessage? Will
)
{
    private const byte ProtocolLevel = 4;

    public static ConnectPacket Read(in Frame frame)
    {
        var reader = new FieldReader(frame.Body);
        CheckProtocol(ref reader);
        var flags = reader.ReadByte();
        CheckFlags(flags);
        var keepAlive = reader.ReadUInt16();
        var clientId = reader.ReadString();
        var will = (flags & 0x04) == 0 ? null : ReadWill(ref reader, flags);
        var userName = (flags & 0x80) == 0 ? null : reader.ReadString();
        ReadOnlyMemory<byte>? password = (flags & 0x40) == 0 ? default(ReadOnlyMemory<byte>?) : reader.ReadBinary().ToArray();
        reader.End();
        var clean = (flags & 0x02) != 0;
        if (clientId.Length == 0 && !clean)
        {
            throw new MqttProtocolException("A session to keep needs a client identifier.", ConnectReturnCode.IdentifierRejected);
        }

        return new ConnectPacket(clientId, clean, keepAlive, userName, password, will);
    }

    private static void CheckProtocol(ref FieldReader reader)
    {
        var name = reader.ReadString();
        var level = reader.ReadByte();
        if (name != "MQTT" || level != ProtocolLevel)
        {
            throw new MqttProtocolException("The protocol is not MQTT 3.1.1.", ConnectReturnCode.UnacceptableProtocol);
        }
    }

    private static void CheckFlags(byte flags)
    {
        var will = (flags & 0x04) != 0;
        var willQos = (flags >> 3) & 0x03;
        var valid = (flags & 0x01) == 0 && willQos < 3 && (will || (flags & 0x38) == 0) && (flags & 0xC0) != 0x40;
        if (!valid)
        {
            throw new MqttProtocolException("The connect flags contradict each other.");
        }
    }

    private static MqttMessage ReadWill(ref FieldReader reader, byte flags)
    {
        var topic = Topic.CheckName(reader.ReadString());
        var payload = reader.ReadBinary().ToArray();
        return new MqttMessage(topic, payload, (MqttQos)((flags >> 3) & 0x03), (flags & 0x20) != 0);
    }
}
