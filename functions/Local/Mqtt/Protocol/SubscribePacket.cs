namespace Serverless.Local.Mqtt.Protocol;

/// <summary>SUBSCRIBE (MQTT 3.1.1, section 3.8).</summary>
internal readonly record struct SubscribePacket(ushort PacketId, IReadOnlyList<MqttSubscription> Subscriptions)
{
    public static SubscribePacket Read(in Frame frame)
    {
        var reader = new FieldReader(frame.Body);
        var id = reader.ReadPacketId();
        var subscriptions = new List<MqttSubscription>(1);
        do
        {
            var filter = Topic.CheckFilter(reader.ReadString());
            var qos = reader.ReadByte();
            if (qos > (byte)MqttQos.ExactlyOnce)
            {
                throw new MqttProtocolException("The requested QoS is reserved.");
            }

            subscriptions.Add(new MqttSubscription(filter, (MqttQos)qos));
        } while (!reader.AtEnd);

        return new SubscribePacket(id, subscriptions);
    }
}
