using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Serverless.Local.Mqtt.Server;

/// <summary>
/// A WebSocket as a connection of the MQTT endpoint: what its binary messages carry is one stream of bytes, wherever one message ends and the next begins (MQTT-6.0.0-2). Text closes it.
/// </summary>
internal sealed class MqttWebSocket : ConnectionContext
{
    private const int ReceiveBytes = 4096;

    private readonly WebSocket socket;
    private readonly Pipe received = new();
    private readonly Pipe sending = new();

    // Never disposed: whoever aborts the connection may be late. It has no timer.
    private readonly CancellationTokenSource closed = new();
    private readonly CancellationTokenRegistration aborting;

    public MqttWebSocket(HttpContext context, WebSocket socket, CancellationToken stopping)
    {
        this.socket = socket;
        ConnectionId = context.Connection.Id;
        Transport = new Duplex(received.Reader, sending.Writer);
        if (context.Connection.RemoteIpAddress is { } address)
        {
            var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            RemoteEndPoint = new IPEndPoint(ip, context.Connection.RemotePort);
        }

        Features.Set<IConnectionLifetimeNotificationFeature>(new Stop(stopping));
        Features.Set(context.Features.Get<ITlsConnectionFeature>());
        aborting = context.RequestAborted.UnsafeRegister(static self => ((MqttWebSocket)self!).Abort(), this);
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed
    {
        get => closed.Token;
        set => throw new NotSupportedException("A connection's end is its own.");
    }

    public override void Abort(ConnectionAbortedException abortReason) => _ = closed.CancelAsync();

    /// <summary>Serves the client until its connection has ended.</summary>
    public async Task RunAsync(MqttConnectionHandler handler)
    {
        var receiving = ReceiveAsync();
        var sent = SendAsync();
        try
        {
            await handler.OnConnectedAsync(this);
        }
        finally
        {
            // The last packets go out, and the close frame behind them, which the client answers with its own; one that does neither is not waited for.
            await sending.Writer.CompleteAsync();
            await received.Reader.CompleteAsync();
            var done = Task.WhenAll(receiving, sent);
            await done.WaitAsync(handler.Options.CloseTimeout, handler.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await closed.CancelAsync();
            await done;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await aborting.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(received.Writer.GetMemory(ReceiveBytes), closed.Token);
                if (result.MessageType != WebSocketMessageType.Binary)
                {
                    break;
                }

                // When nobody reads any more, this throws it away: the client's close frame is still to come.
                received.Writer.Advance(result.Count);
                await received.Writer.FlushAsync(closed.Token);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The client is gone, or the connection was aborted.
        }
        finally
        {
            await received.Writer.CompleteAsync();
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var result = await sending.Reader.ReadAsync(closed.Token);
                foreach (var segment in result.Buffer)
                {
                    await socket.SendAsync(segment, WebSocketMessageType.Binary, endOfMessage: true, closed.Token);
                }

                sending.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, closed.Token);
                    return;
                }
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // As above.
        }
        finally
        {
            await sending.Reader.CompleteAsync();
        }
    }

    private static bool IsEnd(Exception exception) =>
        exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    private sealed class Stop(CancellationToken stopping) : IConnectionLifetimeNotificationFeature
    {
        public CancellationToken ConnectionClosedRequested { get; set; } = stopping;

        public void RequestClose() { }
    }
}
