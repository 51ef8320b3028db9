namespace Serverless.Local.Mqtt.Protocol;

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP: a packet identifier and nothing else.</summary>
internal static class AcknowledgementPacket
{
    public static ushort Read(in Frame frame)
    {
        var reader = new FieldReader(frame.Body);
        var id = reader.ReadPacketId();
        reader.End();
        return id;
    }
}
