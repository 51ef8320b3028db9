using System.Net.Sockets;
using System.Text;

namespace Serverless.App.Demo;

/// <summary>A device's side of MQTT 3.1.1, as far as a demo device needs it: connect with a SAS token, publish at QoS 1 and wait for the acknowledgement.</summary>
internal sealed class MqttDevice : IAsyncDisposable
{
    private const byte Connect = 0x10;
    private const byte ConnAck = 0x20;
    private const byte PublishAtLeastOnce = 0x32;
    private const byte PubAck = 0x40;
    private const byte ConnectFlags = 0b1100_0010; // user name, password, clean session
    private const ushort KeepAliveSeconds = 300;

    private readonly TcpClient tcp = new() { NoDelay = true };
    private readonly string hubId;
    private ushort lastId;

    private MqttDevice(string hubId) => this.hubId = hubId;

    /// <exception cref="IOException">The endpoint refuses the device or is not there.</exception>
    public static async Task<MqttDevice> ConnectAsync(int port, string hubId, string sasToken, CancellationToken cancellation)
    {
        var device = new MqttDevice(hubId);
        try
        {
            await device.tcp.ConnectAsync("127.0.0.1", port, cancellation);
            byte[] body =
            [
                .. Text("MQTT"),
                4,
                ConnectFlags,
                .. Number(KeepAliveSeconds),
                .. Text(hubId),
                .. Text($"127.0.0.1/{hubId}/?api-version=2021-04-12"),
                .. Text(sasToken),
            ];
            await device.SendAsync(Connect, body, cancellation);
            var answer = await device.ReceiveAsync(ConnAck, cancellation);
            return answer[1] == 0 ? device : throw new IOException($"The endpoint refuses {hubId} with code {answer[1]}.");
        }
        catch (SocketException failure)
        {
            await device.DisposeAsync();
            throw new IOException(failure.Message, failure);
        }
        catch
        {
            await device.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes telemetry; when the task completes the cloud has it.</summary>
    /// <exception cref="IOException">The connection has ended.</exception>
    public async Task PublishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        lastId = (ushort)((lastId % ushort.MaxValue) + 1);
        byte[] body = [.. Text($"devices/{hubId}/messages/events/"), .. Number(lastId), .. payload.Span];
        await SendAsync(PublishAtLeastOnce, body, cancellation);
        await ReceiveAsync(PubAck, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        tcp.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(byte header, byte[] body, CancellationToken cancellation)
    {
        List<byte> packet = [header];
        for (var length = body.Length; ; )
        {
            var more = length > 0x7F;
            packet.Add((byte)((length & 0x7F) | (more ? 0x80 : 0)));
            length >>= 7;
            if (!more)
            {
                break;
            }
        }

        packet.AddRange(body);
        await tcp.GetStream().WriteAsync(packet.ToArray(), cancellation);
    }

    /// <summary>The body of the next packet of this type. A demo device subscribes to nothing, so that its answers are all short.</summary>
    private async Task<byte[]> ReceiveAsync(byte header, CancellationToken cancellation)
    {
        var stream = tcp.GetStream();
        var start = new byte[2];
        do
        {
            await stream.ReadExactlyAsync(start, cancellation);
            var body = new byte[start[1]];
            await stream.ReadExactlyAsync(body, cancellation);
            if (start[0] == header)
            {
                return body;
            }
        } while (true);
    }

    private static byte[] Text(string text) => [.. Number((ushort)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Number(ushort number) => [(byte)(number >> 8), (byte)number];
}
