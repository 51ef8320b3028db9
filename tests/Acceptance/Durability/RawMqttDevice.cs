using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Durability;

/// <summary>
/// A device that knows of MQTT only what it takes to publish with QoS 1, with many messages in flight at a time. When the connection is gone it says
/// which of them were acknowledged.
/// </summary>
internal sealed class RawMqttDevice : IDisposable
{
    private const int MostInFlight = 64;
    private readonly TcpClient client;
    private readonly NetworkStream stream;
    private readonly ConcurrentDictionary<ushort, int> inFlight = new();
    private readonly SemaphoreSlim window = new(MostInFlight);
    private readonly ConcurrentBag<int> acknowledged;
    private readonly Task reading;
    private ushort packetId;

    private RawMqttDevice(TcpClient client, ConcurrentBag<int> acknowledged)
    {
        (this.client, stream, this.acknowledged) = (client, client.GetStream(), acknowledged);
        reading = ReadAsync();
    }

    /// <param name="port">The port of plain MQTT.</param>
    /// <param name="device">The device.</param>
    /// <param name="acknowledged">Takes the number of each message once it is acknowledged.</param>
    public static async Task<RawMqttDevice> ConnectAsync(int port, TestDevice device, ConcurrentBag<int> acknowledged)
    {
        var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync("127.0.0.1", port);
        byte[] head = [.. Text("MQTT"), 4, 0b1100_0010, 0, 60];
        byte[] rest = [.. Text(device.Uuid), .. Text(Sas.UserName("127.0.0.1", device.Uuid)), .. Text(Sas.Token("127.0.0.1", device))];
        await connection.GetStream().WriteAsync(Packet(0x10, [.. head, .. rest]));
        var answer = new byte[4];
        await connection.GetStream().ReadExactlyAsync(answer);
        Assert.Equal((0x20, 0), (answer[0], answer[3]));
        return new RawMqttDevice(connection, acknowledged);
    }

    /// <summary>Sends a message, as soon as no more than the most are in flight.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public async Task PublishAsync(TestDevice device, int number, string payload, CancellationToken cancellation)
    {
        await window.WaitAsync(cancellation);
        packetId = packetId == ushort.MaxValue ? (ushort)1 : (ushort)(packetId + 1);
        inFlight[packetId] = number;
        var id = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(id, packetId);
        var body = Packet(0x32, [.. Text($"devices/{device.Uuid}/messages/events/"), .. id, .. Encoding.UTF8.GetBytes(payload)]);
        await stream.WriteAsync(body, cancellation);
    }

    /// <summary>Reads what acknowledgements are still on the way, until the other side has closed.</summary>
    public Task ClosedAsync() => reading.WaitAsync(Poll.Patience);

    public void Dispose()
    {
        client.Dispose();
        window.Dispose();
    }

    private async Task ReadAsync()
    {
        var packet = new byte[4];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(packet);
                Assert.Equal((0x40, 2), (packet[0], packet[1]));
                Assert.True(inFlight.TryRemove(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)), out var number));
                acknowledged.Add(number);
                window.Release();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // What is not acknowledged by now never will be.
        }
    }

    private static byte[] Text(string text)
    {
        var bytes = new byte[2 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(bytes.Length - 2));
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(2));
        return bytes;
    }

    private static byte[] Packet(byte type, byte[] body)
    {
        var length = body.Length < 128 ? [(byte)body.Length] : new[] { (byte)(body.Length % 128 | 128), (byte)(body.Length / 128) };
        return [type, .. length, .. body];
    }
}
