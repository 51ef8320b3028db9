using System.Text;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Tests.Mqtt.Support;

/// <summary>A packet from the server, taken apart by other means than the server's own.</summary>
internal sealed record ServerPacket(PacketType Type, int Flags, byte[] Body)
{
    public int Qos => (Flags >> 1) & 3;

    public bool Duplicate => (Flags & 8) != 0;

    public string Topic => Encoding.UTF8.GetString(Body, 2, TopicLength);

    public string Payload => Encoding.UTF8.GetString(Body.AsSpan(2 + TopicLength + (Qos == 0 ? 0 : 2)));

    public ushort PacketId => Type == PacketType.Publish ? Number(2 + TopicLength) : Number(0);

    private int TopicLength => Number(0);

    private ushort Number(int at) => (ushort)((Body[at] << 8) | Body[at + 1]);
}
