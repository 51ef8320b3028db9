using System.Buffers;

namespace Serverless.Local.Mqtt.Protocol;

/// <summary>PUBLISH (MQTT 3.1.1, section 3.3). The packet identifier is 0 at QoS 0.</summary>
internal readonly record struct PublishPacket(MqttMessage Message, ushort PacketId, bool Duplicate)
{
    public static PublishPacket Read(in Frame frame, TopicCache topics)
    {
        var qos = (frame.Flags >> 1) & 0x03;
        var duplicate = (frame.Flags & 0x08) != 0;
        if (qos == 3 || (qos == 0 && duplicate))
        {
            throw new MqttProtocolException("The flags of PUBLISH contradict each other.");
        }

        var reader = new FieldReader(frame.Body);
        var topic = topics.Read(reader.ReadBinary());
        var id = qos == 0 ? (ushort)0 : reader.ReadPacketId();
        var payload = reader.ReadRest().ToArray();
        var message = new MqttMessage(topic, payload, (MqttQos)qos, (frame.Flags & 0x01) != 0) { PacketId = id };
        return new PublishPacket(message, id, duplicate);
    }
}
