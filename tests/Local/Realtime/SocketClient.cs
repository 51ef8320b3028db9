using System.Net.WebSockets;
using System.Text;
using Serverless.Contracts.Realtime;

namespace Serverless.Local.Tests.Realtime;

internal sealed class SocketClient(string connectionId, WebSocket socket, Task served) : IRealtimeClient
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string ConnectionId => connectionId;

    public WebSocket Socket => socket;

    /// <summary>The server's side: completes with the socket's end.</summary>
    public Task Served => served;

    public string? CloseReason => socket.CloseStatusDescription;

    public async Task SendAsync(string text) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancellation);

    public async Task<string?> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(message.ToArray());
            }
        }
    }

    public async Task CloseAsync()
    {
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", Cancellation);
        await served.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await served.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
