using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Realtime;

/// <summary>A client's socket.</summary>
internal sealed class TestSocket(ClientWebSocket socket) : IAsyncDisposable
{
    private readonly Queue<JsonNode> waiting = [];

    public string Client { get; private set; } = "";

    public ClientWebSocket Socket => socket;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task SendAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancellation);

    /// <summary>The next frame as text, or null where the server closed.</summary>
    public async Task<string?> ReceiveTextAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[8192];
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

    /// <summary>The next Bayeux message.</summary>
    public async Task<JsonNode> NextAsync()
    {
        while (waiting.Count == 0)
        {
            var text = await ReceiveTextAsync() ?? throw new IOException($"The server closed: {socket.CloseStatusDescription}");
            foreach (var message in JsonNode.Parse(text)!.AsArray())
            {
                waiting.Enqueue(message!);
            }
        }

        return waiting.Dequeue();
    }

    /// <summary>The next message as "channel action".</summary>
    public async Task<string> TellAsync()
    {
        var message = await NextAsync();
        return $"{message["channel"]} {message["data"]?["realtimeAction"]}".TrimEnd();
    }

    public async Task<JsonNode> AskAsync(string message)
    {
        await SendAsync(message);
        return await NextAsync();
    }

    /// <summary>Handshakes as Cumulocity's client does: the credentials are in the message.</summary>
    public async Task<string> HandshakeAsync(string user = "admin")
    {
        var reply = await AskAsync(
            $$$"""[{"id":"1","channel":"/meta/handshake","version":"1.0","ext":{"com.cumulocity.authn":{"token":"{{{RealtimeCloud.Token(user)}}}"} } }]"""
        );
        Assert.True((bool)reply["successful"]!, reply.ToJsonString());
        return Client = (string)reply["clientId"]!;
    }

    public async Task SubscribeAsync(params string[] channels)
    {
        foreach (var channel in channels)
        {
            var reply = await AskAsync(
                $$"""[{"id":"2","channel":"/meta/subscribe","clientId":"{{Client}}","subscription":"{{channel}}"}]"""
            );
            Assert.True((bool)reply["successful"]!, reply.ToJsonString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await Task.CompletedTask;
    }
}
