using System.Net;
using System.Net.WebSockets;
using System.Text;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.Server;

public sealed class WebSocketTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/mqtt", "mqtt", "mqtt")]
    [InlineData("/mqtt", "mqttv3.1", "mqttv3.1")]
    [InlineData("/mqtt", "mqttv3.1,mqtt", "mqtt")]
    [InlineData("/mqtt", "", null)]
    [InlineData("/$iothub/websocket", "mqtt", "mqtt")]
    public async Task A_device_connects_over_WebSocket(string path, string subProtocols, string? chosen)
    {
        await using var endpoint = await StartAsync();
        await endpoint.RegisterAsync("dev1");
        var (socket, device) = await OpenAsync(endpoint, path, subProtocols);
        await using var client = device;
        Assert.Equal(chosen, socket.SubProtocol);
        var connect = ClientPackets.Connect("dev1", UserName("dev1"), endpoint.Token("dev1"));
        Assert.Equal(ConnectReturnCode.Accepted, await client.ConnectAsync(connect));
        await client.SendAsync(ClientPackets.Publish("devices/dev1/messages/events/", "hello", 1, 3));
        Assert.Equal(3, (await client.ReadAsync(PacketType.PubAck)).PacketId);
        Assert.Equal("hello", Encoding.UTF8.GetString((await endpoint.Ingest.NextAsync()).Body.Span));
        await client.SendAsync(ClientPackets.Disconnect);
        await client.AssertClosedAsync();
        Assert.Equal([("dev1", true), ("dev1", false)], endpoint.Hub.Connections);
    }

    [Fact]
    public async Task Packets_may_be_cut_and_joined_in_any_way_and_be_large()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        var (_, client) = await OpenAsync(endpoint);
        await using var one = client;
        var payload = new string('x', 250_000);
        byte[] all =
        [
            .. ClientPackets.Connect("c1", "test", "secret"),
            .. ClientPackets.Publish("a", "1", 1, 1),
            .. ClientPackets.Publish("b", payload, 1, 2),
        ];
        foreach (var piece in (byte[][])[all[..1], all[1..9], all[9..70_000], all[70_000..]])
        {
            await client.SendAsync(piece);
        }

        await client.ReadAsync(PacketType.ConnAck);
        await client.ReadAsync(PacketType.PubAck);
        await client.ReadAsync(PacketType.PubAck);
        await dialect.ExpectAsync("c1 connected", "c1 publish a 1 1", $"c1 publish b 1 {payload}");
        Assert.Equal("127.0.0.1", dialect.Clients.Single().Address);
    }

    [Fact]
    public async Task A_client_that_goes_without_DISCONNECT_leaves_its_will()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        var (socket, client) = await OpenAsync(endpoint);
        await using var one = client;
        await client.ConnectAsync(ClientPackets.Connect("c1", "test", "secret", will: ("w", [48], 0)));
        socket.Abort();
        await dialect.ExpectAsync("c1 connected", "c1 publish w 0 0", "c1 disconnected");
    }

    [Fact]
    public async Task The_servers_end_is_a_close_frame()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        var (socket, client) = await OpenAsync(endpoint);
        await using var one = client;
        await client.ConnectAsync(ClientPackets.Connect("c1", "test", "secret"));
        dialect.Sessions.Single().Link.Close("enough");
        await client.AssertClosedAsync();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Text_is_no_MQTT()
    {
        await using var endpoint = await StartAsync();
        var (socket, client) = await OpenAsync(endpoint);
        await using var one = client;
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Open_connections_end_with_the_server()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        var (_, client) = await OpenAsync(endpoint);
        await using var one = client;
        await client.ConnectAsync(ClientPackets.Connect("c1", "test", "secret", will: ("w", [48], 0)));
        var stopping = endpoint.StopAsync();
        await client.AssertClosedAsync();
        await client.DisposeAsync();
        await stopping;
        await dialect.ExpectAsync("c1 connected", "c1 disconnected");
    }

    [Fact]
    public async Task What_asks_for_no_MQTT_is_told_so()
    {
        await using var endpoint = await StartAsync();
        using var http = new HttpClient();
        using var plain = await http.GetAsync(new Uri($"http://127.0.0.1:{endpoint.HttpPort}/mqtt"), Cancellation);
        Assert.Equal(HttpStatusCode.UpgradeRequired, plain.StatusCode);
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(endpoint, subProtocols: "chat"));
    }

    private static async Task<(ClientWebSocket Socket, TestClient Client)> OpenAsync(
        TestEndpoint endpoint,
        string path = "/mqtt",
        string subProtocols = "mqtt"
    )
    {
        var socket = new ClientWebSocket();
        foreach (var name in subProtocols.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            socket.Options.AddSubProtocol(name);
        }

        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{endpoint.HttpPort}{path}"), Cancellation);
        return (socket, new TestClient(WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true)));
    }
}
