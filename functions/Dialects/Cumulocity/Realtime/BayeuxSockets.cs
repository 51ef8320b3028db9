using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Realtime;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>
/// Bayeux on sockets. A session lives as long as its socket, whether or not the client sends connects, and <see cref="CumulocityRealtimeOptions.Window"/> beyond: on a new socket, or by polling, it goes on
/// behind what was told when the first broke.
/// </summary>
internal sealed class BayeuxSockets(
    BayeuxServer server,
    BayeuxLogin login,
    RealtimeSessions sessions,
    SocketSessions sockets,
    MeasurementListeners listeners,
    AgentPresence presence,
    ChangeLog log,
    IRealtimeTransport transport,
    CumulocityRealtimeOptions options,
    TimeProvider time
) : IRealtimeEndpoint
{
    private readonly ConcurrentDictionary<string, WaitingConnect> waiting = new();

    public async Task<SocketVerdict> OnConnectingAsync(SocketOpening opening, CancellationToken cancellation)
    {
        if (await login.OpenAsync(opening, cancellation) is not { } connection)
        {
            return new SocketVerdict(401, "Invalid credentials! : Bad credentials");
        }

        await sessions.SaveConnectionAsync(opening.ConnectionId, connection, cancellation);
        return SocketVerdict.Open;
    }

    public Task OnConnectedAsync(string connectionId, CancellationToken cancellation) => Task.CompletedTask;

    public async Task OnMessageAsync(string connectionId, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        IReadOnlyList<BayeuxMessage> messages;
        try
        {
            messages = BayeuxMessage.Parse(message);
        }
        catch (JsonException broken)
        {
            await SendAsync(connectionId, BayeuxReplies.Unreadable($"The messages cannot be read: {broken.Message}"), cancellation);
            return;
        }

        if (await sessions.FindConnectionAsync(connectionId, cancellation) is not { } connection)
        {
            await transport.CloseAsync(connectionId, "The connection is not known any more: connect again.", cancellation);
            return;
        }

        var peer = new BayeuxPeer(null, connection.BaseUrl, connectionId, connection);
        var replies = new List<JsonObject>();
        HeldConnect? held = null;
        var disconnects = false;
        foreach (var one in messages)
        {
            await AttachAsync(one, peer, cancellation);
            var exchange = await server.ReceiveAsync([one], peer, cancellation);
            replies.AddRange(exchange.Replies);
            held = exchange.Held ?? held;
            disconnects |= exchange.Disconnects;
            if (one.Channel == BayeuxMessage.Handshake)
            {
                peer = peer with { Connection = await sessions.FindConnectionAsync(connectionId, cancellation) ?? peer.Connection };
            }
        }

        if (replies.Count > 0)
        {
            await SendAsync(connectionId, new JsonArray([.. replies]), cancellation);
        }

        if (disconnects)
        {
            await transport.CloseAsync(connectionId, "", cancellation);
        }
        else if (held is not null)
        {
            await ConnectAsync(connectionId, held, cancellation);
        }
    }

    public async Task OnDisconnectedAsync(string connectionId, CancellationToken cancellation)
    {
        if (waiting.TryRemove(connectionId, out var connect))
        {
            await connect.DisposeAsync();
        }

        if (await sessions.FindConnectionAsync(connectionId, cancellation) is not { } connection)
        {
            return;
        }

        await sessions.RemoveConnectionAsync(connectionId, cancellation);
        if (connection.Session is { } id && RealtimeSessions.TenantOf(id) is { } tenant)
        {
            var last = await log.GetLastAsync(tenant, cancellation);
            var session = await sessions.UpdateAsync(
                id,
                old => old.Connection == connectionId ? old with { Connection = null, Cursor = last } : null,
                cancellation
            );
            if (session is { Connection: null })
            {
                await presence.SeenAsync(tenant, session.Subscriptions.Keys, TimeSpan.Zero, cancellation);
            }
        }
    }

    /// <summary>A session that comes from another socket, or from polling, goes on here.</summary>
    private async Task AttachAsync(BayeuxMessage message, BayeuxPeer peer, CancellationToken cancellation)
    {
        if (
            message.Channel is BayeuxMessage.Connect or BayeuxMessage.Subscribe
            && message.ClientId is { } id
            && await sessions.FindAsync(id, cancellation) is { } session
            && session.Connection != peer.ConnectionId
            && await sockets.AttachAsync(id, peer.ConnectionId!, cancellation) is { } attached
        )
        {
            await sessions.SaveConnectionAsync(peer.ConnectionId!, peer.Connection! with { Session = id }, cancellation);
            await listeners.RenewAsync(RealtimeSessions.TenantOf(id)!, attached.Subscriptions.Keys, cancellation);
        }
    }

    private async Task ConnectAsync(string connectionId, HeldConnect held, CancellationToken cancellation)
    {
        if (await sessions.UpdateAsync(held.ClientId, session => session, cancellation) is not { } session)
        {
            var lost = BayeuxReplies.Unknown(new BayeuxMessage { Channel = BayeuxMessage.Connect, Id = held.Id });
            await SendAsync(connectionId, [lost], cancellation);
            return;
        }

        var tenant = RealtimeSessions.TenantOf(held.ClientId)!;
        await listeners.RenewAsync(tenant, session.Subscriptions.Keys, cancellation);
        await presence.SeenAsync(tenant, session.Subscriptions.Keys, options.SocketLease, cancellation);
        var timeout = TimeSpan.FromMilliseconds(session.Timeout);
        if (held.Wait == TimeSpan.Zero || !options.HoldsSockets)
        {
            var interval = options.HoldsSockets || held.Wait == TimeSpan.Zero ? TimeSpan.Zero : options.Hold;
            await SendAsync(connectionId, [BayeuxReplies.Connected(held.Id, timeout, interval)], cancellation);
            return;
        }

        var connect = new WaitingConnect(() => _ = AnswerAsync(connectionId), BayeuxReplies.Connected(held.Id, timeout, TimeSpan.Zero));
        if (waiting.TryRemove(connectionId, out var other))
        {
            // One more connect: the first is answered now.
            await other.DisposeAsync();
            await SendAsync(connectionId, [other.Reply], cancellation);
        }

        waiting[connectionId] = connect;
        connect.Start(time, held.Wait);
    }

    private async Task AnswerAsync(string connectionId)
    {
        if (waiting.TryRemove(connectionId, out var connect))
        {
            await connect.DisposeAsync();
            await SendAsync(connectionId, [connect.Reply], CancellationToken.None);
        }
    }

    private Task<bool> SendAsync(string connectionId, JsonArray messages, CancellationToken cancellation) =>
        transport.SendAsync(connectionId, Notification.Render(messages), cancellation);

    /// <summary>A connect that is answered when its time is up; notifications do not wait for it.</summary>
    private sealed class WaitingConnect(Action answer, JsonObject reply) : IAsyncDisposable
    {
        private ITimer? timer;

        public JsonObject Reply => reply;

        public void Start(TimeProvider time, TimeSpan wait) =>
            timer = time.CreateTimer(_ => answer(), null, wait, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync() => timer?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
