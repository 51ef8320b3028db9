using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>Listens to one of Cumulocity's realtime channels on a WebSocket, as the simplest of programs do: a handshake, a subscription, one connect.</summary>
internal sealed class BayeuxListener : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly Queue<JsonNode> told = new();

    private BayeuxListener() { }

    /// <summary>A listener that the cloud has told that it is one.</summary>
    public static async Task<BayeuxListener> OpenAsync(CloudProcess cloud, string tenant, TestUser user, string channel)
    {
        var listener = new BayeuxListener();
        await listener.socket.ConnectAsync(
            new UriBuilder(cloud.Http) { Scheme = "ws", Path = "/notification/realtime" }.Uri,
            CancellationToken.None
        );
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{tenant}/{user.Name}:{user.Password}"));
        await listener.SendAsync(
            new JsonObject
            {
                ["channel"] = "/meta/handshake",
                ["version"] = "1.0",
                ["supportedConnectionTypes"] = new JsonArray("websocket"),
                ["ext"] = new JsonObject { ["com.cumulocity.authn"] = new JsonObject { ["token"] = token } },
            }
        );
        var client = (string)(await listener.NextAsync())["clientId"]!;
        await listener.SendAsync(
            new JsonObject
            {
                ["channel"] = "/meta/subscribe",
                ["clientId"] = client,
                ["subscription"] = channel,
            }
        );
        Assert.True((bool)(await listener.NextAsync())["successful"]!);
        await listener.SendAsync(
            new JsonObject
            {
                ["channel"] = "/meta/connect",
                ["clientId"] = client,
                ["connectionType"] = "websocket",
            }
        );
        return listener;
    }

    /// <summary>The next notification: its channel and its data.</summary>
    public async Task<(string Channel, JsonNode Data)> NotificationAsync()
    {
        while (true)
        {
            var message = await NextAsync();
            if ((string)message["channel"]! is var channel && !channel.StartsWith("/meta/", StringComparison.Ordinal))
            {
                return (channel, message["data"]!);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task SendAsync(JsonObject message) =>
        socket.SendAsync(
            Encoding.UTF8.GetBytes(new JsonArray(message).ToJsonString()),
            WebSocketMessageType.Text,
            endOfMessage: true,
            CancellationToken.None
        );

    private async Task<JsonNode> NextAsync()
    {
        using var patience = new CancellationTokenSource(Poll.Patience);
        while (told.Count == 0)
        {
            using var frame = new MemoryStream();
            var buffer = new byte[8192];
            WebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer, patience.Token);
                frame.Write(buffer, 0, part.Count);
            } while (!part.EndOfMessage);
            foreach (var message in JsonNode.Parse(frame.ToArray())!.AsArray())
            {
                told.Enqueue(message!);
            }
        }

        return told.Dequeue();
    }
}
