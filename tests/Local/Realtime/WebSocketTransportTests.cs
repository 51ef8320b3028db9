using System.Net.WebSockets;
using Serverless.Contracts;
using Serverless.Contracts.Realtime;
using Serverless.Domain.Realtime;
using Serverless.Local.Realtime;

namespace Serverless.Local.Tests.Realtime;

public sealed class WebSocketTransportTests : RealtimeTransportContract, IDisposable
{
    private readonly ManualTime time = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly WebSocketTransport transport;
    private int connected;

    public WebSocketTransportTests()
    {
        var options = new RealtimeOptions
        {
            QueuedMessages = 200,
            QueuedBytes = 1_000_000,
            MessageBytes = 500_000,
        };
        transport = new WebSocketTransport(options, time);
    }

    protected override IRealtimeTransport Transport => transport;

    protected override Task<IRealtimeClient> ConnectAsync() => Task.FromResult<IRealtimeClient>(Connect());

    public void Dispose() => stopping.Dispose();

    private SocketClient Connect()
    {
        var (client, server) = DuplexStream.Pair();
        var id = $"connection {++connected}";
        return new SocketClient(id, WebSocket.CreateFromStream(client, new WebSocketCreationOptions()), ServeAsync(server, id));
    }

    private async Task ServeAsync(Stream stream, string id)
    {
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        await transport.RunAsync(socket, id, Handler, stopping.Token);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_closed_rather_than_memory_growing()
    {
        await using var client = Connect();
        var sent = 0;
        while (await transport.SendAsync(client.ConnectionId, new byte[100_000], Cancellation))
        {
            sent++;
        }

        Assert.InRange(sent, 1, 12);
        while (await client.ReceiveAsync() is not null) { }

        Assert.Equal(
            (WebSocketCloseStatus.PolicyViolation, "The client reads too slowly."),
            (client.Socket.CloseStatus, client.CloseReason)
        );
    }

    [Fact]
    public async Task A_slow_client_that_never_reads_again_is_cut_off_when_its_time_is_up()
    {
        await using var client = Connect();
        while (await transport.SendAsync(client.ConnectionId, new byte[100_000], Cancellation)) { }

        await time.TimerSetAsync();
        Assert.False(client.Served.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));

        await client.Served.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    [Fact]
    public async Task A_message_beyond_the_limit_closes_the_socket_and_says_so()
    {
        await using var client = Connect();
        await client.SendAsync(new string('x', 500_001));

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(
            (WebSocketCloseStatus.MessageTooBig, "A message may have 500000 bytes."),
            (client.Socket.CloseStatus, client.CloseReason)
        );
    }

    [Fact]
    public async Task A_binary_message_closes_the_socket()
    {
        await using var client = Connect();
        await client.Socket.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, true, Cancellation);

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, client.Socket.CloseStatus);
    }

    [Fact]
    public async Task A_failing_handler_closes_its_socket_and_is_heard_of()
    {
        Handler.OnMessage = (_, _) => throw new NotSupportedException("no such command");
        await using var client = Connect();
        await client.SendAsync("x");

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal((WebSocketCloseStatus.InternalServerError, "The server failed."), (client.Socket.CloseStatus, client.CloseReason));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.Served);
    }

    [Fact]
    public async Task A_server_that_stops_says_so_to_its_clients()
    {
        await using var client = Connect();
        await stopping.CancelAsync();

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(
            (WebSocketCloseStatus.EndpointUnavailable, "The server is stopping."),
            (client.Socket.CloseStatus, client.CloseReason)
        );
    }

    [Fact]
    public async Task A_connection_that_breaks_is_disconnected()
    {
        await using var client = await ConnectedAsync();
        ((SocketClient)client).Socket.Abort();

        Assert.Equal((client.ConnectionId, "disconnected"), await Handler.NextAsync(Cancellation));
        Assert.False(await transport.SendAsync(client.ConnectionId, Bytes("x"), Cancellation));
    }

    [Fact]
    public async Task A_long_reason_is_cut_at_a_whole_character()
    {
        await using var client = await ConnectedAsync();
        await transport.CloseAsync(client.ConnectionId, new string('ü', 200), Cancellation);

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(new string('ü', 61), client.CloseReason);
    }
}
