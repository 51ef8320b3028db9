using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Serverless.Benchmarks.Mqtt;

/// <summary>A device that costs next to nothing: a socket, and packets that are made once.</summary>
internal sealed class BenchmarkDevice(int number) : IDisposable
{
    public const string Key = "ZGV2aWNlS2V5Rm9yVGVzdA==";
    private const int AcknowledgementBytes = 4;
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public string HubId { get; } = $"device{number}";

    public async Task ConnectAsync(int port)
    {
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(ConnectPacket());
        var answer = new byte[AcknowledgementBytes];
        await ReceiveAsync(answer);
        if (answer[3] != 0)
        {
            throw new InvalidOperationException($"The device is refused with code {answer[3]}.");
        }
    }

    /// <summary>Publishes at QoS 1, a window of messages at a time, and waits for all the acknowledgements of each window.</summary>
    public async Task PublishAsync(int windows, int window, ReadOnlyMemory<byte> payload)
    {
        var packets = new List<byte>();
        for (var id = 1; id <= window; id++)
        {
            byte[] body = [.. Text($"devices/{HubId}/messages/events/"), 0, (byte)id, .. payload.Span];
            packets.AddRange([0x32, .. Length(body.Length), .. body]);
        }

        var bytes = packets.ToArray();
        var answers = new byte[window * AcknowledgementBytes];
        for (var i = 0; i < windows; i++)
        {
            await socket.SendAsync(bytes);
            await ReceiveAsync(answers);
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task ReceiveAsync(Memory<byte> target)
    {
        while (target.Length > 0)
        {
            var count = await socket.ReceiveAsync(target);
            target = count > 0 ? target[count..] : throw new IOException("The server has closed the connection.");
        }
    }

    private byte[] ConnectPacket()
    {
        var resource = Uri.EscapeDataString($"localhost/devices/{HubId}");
        var expiry = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        var signature = HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        var password = $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}";
        byte[] body =
        [
            .. Text("MQTT"),
            4,
            0b1100_0010,
            0,
            240,
            .. Text(HubId),
            .. Text($"localhost/{HubId}/?api-version=2021-04-12"),
            .. Text(password),
        ];
        return [0x10, .. Length(body.Length), .. body];
    }

    private static byte[] Text(string text)
    {
        var bytes = new byte[2 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(bytes.Length - 2));
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(2));
        return bytes;
    }

    private static byte[] Length(int length) => length < 128 ? [(byte)length] : [(byte)((length & 0x7F) | 0x80), (byte)(length >> 7)];
}
