using System.Buffers;

namespace Serverless.Local.Mqtt.Protocol;

/// <summary>CONNECT (MQTT 3.1.1, section 3.1), which MQTT 3.1 has in the same form.</summary>
/// <param name="Version">The protocol level: 3 for MQTT 3.1, 4 for 3.1.1.</param>
/// <param name="ClientId">The client identifier.</param>
/// <param name="CleanSession">Whether no session is kept.</param>
/// <param name="KeepAlive">Seconds between signs of life, 0 for none.</param>
/// <param name="UserName">The user name, or null.</param>
/// <param name="Password">The password's bytes, or null.</param>
/// <param name="Will">The will, or null.</param>
internal sealed record ConnectPacket(
    byte Version,
    string ClientId,
    bool CleanSession,
    ushort KeepAlive,
    string? UserName,
    ReadOnlyMemory<byte>? Password,
    MqttMessage? Will
)
{
    /// <summary>The protocol level of MQTT 3.1, whose protocol name is MQIsdp.</summary>
    public const byte Version31 = 3;

    /// <summary>The protocol level of MQTT 3.1.1.</summary>
    public const byte Version311 = 4;

    public static ConnectPacket Read(in Frame frame)
    {
        var reader = new FieldReader(frame.Body);
        var version = ReadVersion(ref reader);
        var flags = reader.ReadByte();
        CheckFlags(flags);
        var keepAlive = reader.ReadUInt16();
        var clientId = reader.ReadString();
        var will = (flags & 0x04) == 0 ? null : ReadWill(ref reader, flags);
        var userName = (flags & 0x80) == 0 ? null : reader.ReadString();
        ReadOnlyMemory<byte>? password = (flags & 0x40) == 0 ? default(ReadOnlyMemory<byte>?) : reader.ReadBinary().ToArray();
        reader.End();
        var clean = (flags & 0x02) != 0;
        if (clientId.Length == 0 && (!clean || version == Version31))
        {
            throw new MqttProtocolException("A session to keep needs a client identifier.", ConnectReturnCode.IdentifierRejected);
        }

        return new ConnectPacket(version, clientId, clean, keepAlive, userName, password, will);
    }

    private static byte ReadVersion(ref FieldReader reader) =>
        (reader.ReadString(), reader.ReadByte()) switch
        {
            ("MQTT", Version311) => Version311,
            ("MQIsdp", Version31) => Version31,
            _ => throw new MqttProtocolException("The protocol is neither MQTT 3.1.1 nor 3.1.", ConnectReturnCode.UnacceptableProtocol),
        };

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
