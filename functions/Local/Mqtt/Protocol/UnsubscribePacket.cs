namespace Serverless.Local.Mqtt.Protocol;

/// <summary>UNSUBSCRIBE (MQTT 3.1.1, section 3.10).</summary>
internal readonly record struct UnsubscribePacket(ushort PacketId, IReadOnlyList<string> Filters)
{
    public static UnsubscribePacket Read(in Frame frame)
    {
        var reader = new FieldReader(frame.Body);
        var id = reader.ReadPacketId();
        var filters = new List<string>(1);
        do
        {
            filters.Add(Topic.CheckFilter(reader.ReadString()));
        } while (!reader.AtEnd);

        return new UnsubscribePacket(id, filters);
    }
}
