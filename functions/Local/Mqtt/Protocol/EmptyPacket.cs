namespace Serverless.Local.Mqtt.Protocol;

/// <summary>PINGREQ or DISCONNECT: a fixed header and nothing else.</summary>
internal static class EmptyPacket
{
    public static void Check(in Frame frame)
    {
        var reader = new FieldReader(frame.Body);
        reader.End();
    }
}
