using System.Text;

namespace Serverless.Local.Tests.Mqtt.Support;

/// <summary>The packets of a client, byte by byte.</summary>
internal static class ClientPackets
{
    public static readonly byte[] PingReq = [0xC0, 0];
    public static readonly byte[] Disconnect = [0xE0, 0];

    public static byte[] Connect(
        string clientId,
        string? userName = null,
        string? password = null,
        bool clean = true,
        ushort keepAlive = 60,
        (string Topic, byte[] Payload, int Qos)? will = null,
        bool version31 = false
    )
    {
        var flags = (clean ? 2 : 0) | (userName is null ? 0 : 0x80) | (password is null ? 0 : 0x40);
        flags |= will is null ? 0 : 4 | (will.Value.Qos << 3);
        List<byte> body =
        [
            .. version31 ? Text("MQIsdp") : Text("MQTT"),
            version31 ? (byte)3 : (byte)4,
            (byte)flags,
            .. Number(keepAlive),
            .. Text(clientId),
        ];
        if (will is { } last)
        {
            body.AddRange([.. Text(last.Topic), .. Number((ushort)last.Payload.Length), .. last.Payload]);
        }

        body.AddRange(userName is null ? [] : Text(userName));
        body.AddRange(password is null ? [] : Text(password));
        return Packet(0x10, body);
    }

    public static byte[] Publish(string topic, byte[] payload, int qos = 0, ushort id = 0, bool retain = false, bool duplicate = false)
    {
        var first = 0x30 | (duplicate ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
        return Packet((byte)first, [.. Text(topic), .. qos == 0 ? [] : Number(id), .. payload]);
    }

    public static byte[] Publish(string topic, string payload, int qos = 0, ushort id = 0) =>
        Publish(topic, Encoding.UTF8.GetBytes(payload), qos, id);

    public static byte[] PubAck(ushort id) => Packet(0x40, Number(id));

    public static byte[] PubRel(ushort id) => Packet(0x62, Number(id));

    public static byte[] Subscribe(ushort id, params (string Filter, int Qos)[] filters) =>
        Packet(0x82, [.. Number(id), .. filters.SelectMany(filter => (byte[])[.. Text(filter.Filter), (byte)filter.Qos])]);

    public static byte[] Unsubscribe(ushort id, params string[] filters) => Packet(0xA2, [.. Number(id), .. filters.SelectMany(Text)]);

    public static byte[] Packet(byte first, IReadOnlyList<byte> body)
    {
        List<byte> packet = [first];
        var length = body.Count;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        } while (length > 0);

        return [.. packet, .. body];
    }

    public static byte[] Text(string text) => [.. Number((ushort)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Number(ushort number) => [(byte)(number >> 8), (byte)number];
}
