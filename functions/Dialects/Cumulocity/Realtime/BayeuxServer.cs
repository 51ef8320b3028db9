using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Measurements;
using Serverless.Domain.Changes;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>A connect that waits for notifications.</summary>
/// <param name="ClientId">Whose it is.</param>
/// <param name="Id">The message's id.</param>
/// <param name="Wait">How long it may wait; zero for an answer at once.</param>
/// <param name="Got">The last change that the client says it got, or null.</param>
internal sealed record HeldConnect(string ClientId, JsonValue? Id, TimeSpan Wait, long? Got);

/// <summary>What comes of messages: replies, in order, and the connect that is still to be answered.</summary>
internal sealed record BayeuxExchange(List<JsonObject> Replies, HeldConnect? Held, bool Disconnects);

/// <summary>Takes Bayeux messages, whatever brings them: handshake, subscribe, unsubscribe, disconnect (reference 2.2). Connects it leaves to whoever holds the connection.</summary>
internal sealed class BayeuxServer(
    RealtimeSessions sessions,
    SocketSessions sockets,
    BayeuxLogin login,
    MeasurementListeners listeners,
    AgentPresence presence,
    HeldPolls polls,
    ChangeLog log,
    CumulocityRealtimeOptions options,
    TimeProvider time
)
{
    // As the vendor lists them; clients take the first that they know.
    private static readonly string[] ConnectionTypes = ["long-polling", "smartrest-long-polling", "websocket"];

    public async Task<BayeuxExchange> ReceiveAsync(IReadOnlyList<BayeuxMessage> messages, BayeuxPeer peer, CancellationToken cancellation)
    {
        var replies = new List<JsonObject>();
        HeldConnect? held = null;
        var disconnects = false;
        foreach (var message in messages)
        {
            switch (message.Channel)
            {
                case BayeuxMessage.Handshake:
                    (var reply, peer) = await HandshakeAsync(message, peer, cancellation);
                    replies.Add(reply);
                    break;
                case BayeuxMessage.Connect or BayeuxMessage.Subscribe or BayeuxMessage.Unsubscribe or BayeuxMessage.Disconnect:
                    if (await FindAsync(message, peer, cancellation) is not var (id, session))
                    {
                        replies.Add(BayeuxReplies.Unknown(message));
                    }
                    else if (message.Channel == BayeuxMessage.Connect)
                    {
                        held = new HeldConnect(id, message.Id, WaitOf(message, session), GotOf(message, session));
                    }
                    else if (message.Channel == BayeuxMessage.Disconnect)
                    {
                        await EndAsync(id, session, cancellation);
                        disconnects = true;
                        replies.Add(BayeuxReplies.Successful(message));
                    }
                    else
                    {
                        replies.Add(await SubscribeAsync(message, id, cancellation));
                    }

                    break;
                default:
                    replies.Add(Refuse(message));
                    break;
            }
        }

        // What others of the batch are told must not wait.
        return new BayeuxExchange(replies, replies.Count > 0 && held is not null ? held with { Wait = TimeSpan.Zero } : held, disconnects);
    }

    /// <summary>The session that a message names, which must be of the same user as the request; on a socket, else the socket's own.</summary>
    public async ValueTask<(string Id, RealtimeSession Session)?> FindAsync(
        BayeuxMessage message,
        BayeuxPeer peer,
        CancellationToken cancellation
    )
    {
        if ((message.ClientId ?? peer.Connection?.Session) is not { } id || await sessions.FindAsync(id, cancellation) is not { } session)
        {
            return null;
        }

        return peer.Caller is { } caller && (caller.User != session.Owner || caller.Tenant != RealtimeSessions.TenantOf(id))
            ? null
            : (id, session);
    }

    private static JsonObject Refuse(BayeuxMessage message) =>
        BayeuxReplies.Failed(
            message,
            message.Channel.Length == 0 ? "400::The message has no channel"
                : message.Channel.StartsWith("/meta/", StringComparison.Ordinal) ? $"404:{message.Channel}:Unknown channel"
                : $"403:{message.Channel}:Clients cannot publish"
        );

    private TimeSpan WaitOf(BayeuxMessage message, RealtimeSession session)
    {
        var wait = TimeSpan.FromMilliseconds(message.Timeout ?? session.Timeout);
        return wait < options.LongestHold ? wait : options.LongestHold;
    }

    private static long? GotOf(BayeuxMessage message, RealtimeSession session) =>
        session.Acknowledges && message.Acknowledgement is { ValueKind: JsonValueKind.Number } ack && ack.TryGetInt64(out var got)
            ? got
            : null;

    private async Task<(JsonObject Reply, BayeuxPeer Peer)> HandshakeAsync(
        BayeuxMessage message,
        BayeuxPeer peer,
        CancellationToken cancellation
    )
    {
        if (
            await login.FindAsync(message.Credentials, peer, cancellation) is not { } caller
            || !CumulocityCallers.Allows(Requests.Permission.Read, caller)
        )
        {
            return (BayeuxReplies.Failed(message, "403::Handshake denied"), peer);
        }

        if (SystemOfUnits.Named(message.System) is null)
        {
            return (BayeuxReplies.Failed(message, "400::ext.systemOfUnits is imperial or metric"), peer);
        }

        // A socket gets what it is sent, or it breaks: acknowledgements are for those who poll.
        var acknowledges = peer.ConnectionId is null && message.Acknowledgement?.ValueKind == JsonValueKind.True;
        var timeout = message.Timeout is > 0 and var asked ? TimeSpan.FromMilliseconds(asked) : options.Hold;
        var session = new RealtimeSession
        {
            Owner = caller.User,
            Roles = caller.Roles,
            BaseUrl = peer.BaseUrl,
            System = message.System,
            Timeout = (int)(timeout < options.LongestHold ? timeout : options.LongestHold).TotalMilliseconds,
            Acknowledges = acknowledges,
            Connection = peer.ConnectionId,
            Cursor = await log.GetLastAsync(caller.Tenant, cancellation),
            Created = time.GetUtcNow(),
        };
        var id = await sessions.CreateAsync(caller.Tenant, session, cancellation);
        if (peer is { ConnectionId: { } socket, Connection: { } connection })
        {
            peer = peer with { Connection = connection with { Session = id } };
            await sessions.SaveConnectionAsync(socket, peer.Connection!, cancellation);
        }

        return (Welcome(message, id, acknowledges), peer);
    }

    private static JsonObject Welcome(BayeuxMessage message, string id, bool acknowledges)
    {
        var reply = BayeuxReplies.Successful(message);
        reply["version"] = "1.0";
        reply["minimumVersion"] = "1.0";
        reply["clientId"] = id;
        reply["supportedConnectionTypes"] = new JsonArray([.. ConnectionTypes.Select(type => JsonValue.Create(type))]);
        if (acknowledges)
        {
            reply["ext"] = new JsonObject { ["ack"] = true };
        }

        return reply;
    }

    private async Task<JsonObject> SubscribeAsync(BayeuxMessage message, string id, CancellationToken cancellation)
    {
        var tenant = RealtimeSessions.TenantOf(id)!;
        var isNew = message.Channel == BayeuxMessage.Subscribe;
        var error =
            message.Subscriptions.Count == 0 ? "400::The message has no subscription"
            : message.Subscriptions.FirstOrDefault(channel => !channel.StartsWith('/') || channel.Length > 512) is { } wrong
                ? $"400:{(wrong.Length > 512 ? wrong[..512] : wrong)}:A channel is such as /measurements/12 or /alarms/*"
            : null;
        if (error is null && isNew)
        {
            error = await CheckAsync(tenant, id, message.Subscriptions, cancellation);
        }

        RealtimeSession? session = null;
        if (error is null)
        {
            var last = await log.GetLastAsync(tenant, cancellation);
            session = await sessions.UpdateAsync(
                id,
                old => isNew ? With(old, message.Subscriptions, last) : Without(old, message.Subscriptions),
                cancellation
            );
            if (session is null)
            {
                return BayeuxReplies.Unknown(message);
            }

            await FollowAsync(tenant, id, session, isNew, message.Subscriptions, cancellation);
        }

        var reply = error is null ? BayeuxReplies.Successful(message) : BayeuxReplies.Failed(message, error);
        if (isNew)
        {
            reply["clientId"] = id;
        }

        if (message.Subscriptions.Count > 0)
        {
            reply["subscription"] = message.Subscriptions is [var only]
                ? only
                : new JsonArray([.. message.Subscriptions.Select(one => JsonValue.Create(one))]);
        }

        return reply;
    }

    private async ValueTask<string?> CheckAsync(string tenant, string id, IReadOnlyList<string> channels, CancellationToken cancellation)
    {
        if (await sessions.FindAsync(id, cancellation) is not { } session)
        {
            return null;
        }

        if (session.Subscriptions.Keys.Union(channels).Count() > options.MostSubscriptions)
        {
            return $"400::A session has at most {options.MostSubscriptions} subscriptions";
        }

        var caller = new Caller(tenant, session.Owner, session.Roles);
        foreach (var channel in channels)
        {
            if (!await login.AllowsAsync(caller, channel, cancellation))
            {
                return $"403:{channel}:Access is denied.";
            }
        }

        return null;
    }

    private static RealtimeSession With(RealtimeSession session, IReadOnlyList<string> channels, long last)
    {
        var all = session.Subscriptions.ToDictionary();
        foreach (var channel in channels)
        {
            all.TryAdd(channel, last);
        }

        // Before the first subscription there was nothing to be told.
        return session with
        {
            Subscriptions = all,
            Cursor = session.Subscriptions.Count == 0 ? last : session.Cursor,
        };
    }

    private static RealtimeSession Without(RealtimeSession session, IReadOnlyList<string> channels) =>
        session with
        {
            Subscriptions = session.Subscriptions.Where(pair => !channels.Contains(pair.Key)).ToDictionary(),
        };

    private async Task FollowAsync(
        string tenant,
        string id,
        RealtimeSession session,
        bool isNew,
        IReadOnlyList<string> channels,
        CancellationToken cancellation
    )
    {
        await listeners.RenewAsync(tenant, session.Subscriptions.Keys, cancellation);
        if (session.Connection is not null)
        {
            await sockets.ForgetAsync(tenant, session, isNew ? [] : channels, cancellation);
            await sockets.FollowAsync(tenant, session, cancellation);
            await presence.SeenAsync(tenant, session.Subscriptions.Keys, options.SocketLease, cancellation);
        }
        else
        {
            polls.Wake(id);
        }

        if (isNew)
        {
            await LimitAsync(tenant, id, session, channels, cancellation);
        }
    }

    /// <summary>Ends the oldest sessions of a user that has too many on a channel.</summary>
    private async Task LimitAsync(
        string tenant,
        string id,
        RealtimeSession session,
        IReadOnlyList<string> channels,
        CancellationToken cancellation
    )
    {
        var key = RealtimeSessions.KeyOf(id);
        var others = (await sessions.ListAsync(tenant, session.Owner, cancellation)).Where(other => other.Key != key).ToList();
        var surplus = channels
            .SelectMany(channel =>
                others
                    .Where(other => other.Session.Subscriptions.ContainsKey(channel))
                    .OrderByDescending(other => other.Session.Created)
                    .Skip(options.MostSessions - 1)
            )
            .DistinctBy(other => other.Key);
        foreach (var (oldKey, old) in surplus)
        {
            await sessions.RemoveByKeyAsync(tenant, oldKey, cancellation);
            await sockets.CloseAsync(old, $"A user has at most {options.MostSessions} sessions on a channel.", cancellation);
            polls.WakeByKey(oldKey);
        }
    }

    private async Task EndAsync(string id, RealtimeSession session, CancellationToken cancellation)
    {
        var tenant = RealtimeSessions.TenantOf(id)!;
        await sessions.RemoveAsync(id, cancellation);
        await sockets.LeaveAsync(tenant, session, cancellation);
        await presence.SeenAsync(tenant, session.Subscriptions.Keys, TimeSpan.Zero, cancellation);
        polls.Wake(id);
    }
}
