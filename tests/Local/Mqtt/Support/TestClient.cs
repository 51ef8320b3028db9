using System.Net.Sockets;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Tests.Mqtt.Support;

/// <summary>A client of bytes: it sends what it is told to, right or wrong.</summary>
internal sealed class TestClient(Stream stream) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private ushort lastId;

    public static async Task<TestClient> OpenAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, port);
        return new TestClient(new NetworkStream(socket, ownsSocket: true));
    }

    public Task SendAsync(byte[] bytes) => stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    /// <returns>The next packet, or null where the server has closed the connection.</returns>
    public async Task<ServerPacket?> TryReadAsync()
    {
        try
        {
            var first = await ReadByteAsync();
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var value = await ReadByteAsync();
                length |= (value & 0x7F) << shift;
                if (value < 0x80)
                {
                    break;
                }
            }

            var body = new byte[length];
            await stream.ReadExactlyAsync(body).AsTask().WaitAsync(Patience);
            return new ServerPacket((PacketType)(first >> 4), first & 15, body);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async Task<ServerPacket> ReadAsync() =>
        await TryReadAsync() ?? throw new InvalidOperationException("The server has closed the connection.");

    public async Task<ServerPacket> ReadAsync(PacketType type)
    {
        var packet = await ReadAsync();
        Assert.Equal(type, packet.Type);
        return packet;
    }

    /// <summary>Reads on until the server closes the connection.</summary>
    public async Task AssertClosedAsync()
    {
        while (await TryReadAsync() is not null) { }
    }

    /// <returns>CONNACK's return code.</returns>
    public async Task<ConnectReturnCode> ConnectAsync(byte[] connect)
    {
        await SendAsync(connect);
        return (ConnectReturnCode)(await ReadAsync(PacketType.ConnAck)).Body[1];
    }

    /// <returns>SUBACK's codes.</returns>
    public async Task<byte[]> SubscribeAsync(params (string Filter, int Qos)[] filters)
    {
        await SendAsync(ClientPackets.Subscribe(++lastId, filters));
        return (await ReadAsync(PacketType.SubAck)).Body[2..];
    }

    /// <summary>Sends a PINGREQ and reads its answer: by then the server has handled everything before it.</summary>
    public async Task PingAsync()
    {
        await SendAsync(ClientPackets.PingReq);
        await ReadAsync(PacketType.PingResp);
    }

    /// <summary>As <see cref="PingAsync"/>, whatever else the server has sent.</summary>
    public async Task PingAnyAsync()
    {
        await SendAsync(ClientPackets.PingReq);
        while ((await ReadAsync()).Type != PacketType.PingResp) { }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<int> ReadByteAsync()
    {
        var one = new byte[1];
        await stream.ReadExactlyAsync(one).AsTask().WaitAsync(Patience);
        return one[0];
    }
}
