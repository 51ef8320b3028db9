using Serverless.Domain.Changes;
using Serverless.Domain.Realtime;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>Sessions on sockets: their sockets are in the groups of their channels, which the publisher sends to.</summary>
internal sealed class SocketSessions(
    RealtimeSessions sessions,
    RealtimeGroups groups,
    Backlog backlog,
    ChangeLog log,
    IRealtimeTransport transport,
    CumulocityRealtimeOptions options
)
{
    /// <summary>Has the session's socket in the groups of its channels, and in no others of channels that it had.</summary>
    public async Task FollowAsync(string tenant, RealtimeSession session, CancellationToken cancellation)
    {
        if (session.Connection is not { } socket)
        {
            return;
        }

        var wanted = RealtimeChannels.WithoutCovered(session.Subscriptions.Keys).ToHashSet();
        await groups.RenewAsync(tenant, session.Audience, wanted, cancellation);
        foreach (var channel in wanted)
        {
            await transport.AddToGroupAsync(socket, RealtimeGroups.NameOf(tenant, session.Audience, channel), cancellation);
        }

        foreach (var channel in session.Subscriptions.Keys.Where(channel => !wanted.Contains(channel)))
        {
            await transport.RemoveFromGroupAsync(socket, RealtimeGroups.NameOf(tenant, session.Audience, channel), cancellation);
        }
    }

    /// <summary>Takes the socket out of the groups of channels that the session no longer has.</summary>
    public async Task ForgetAsync(string tenant, RealtimeSession session, IEnumerable<string> channels, CancellationToken cancellation)
    {
        if (session.Connection is { } socket)
        {
            foreach (var channel in channels.Where(channel => !session.Subscriptions.ContainsKey(channel)))
            {
                await transport.RemoveFromGroupAsync(socket, RealtimeGroups.NameOf(tenant, session.Audience, channel), cancellation);
            }
        }
    }

    public Task LeaveAsync(string tenant, RealtimeSession session, CancellationToken cancellation) =>
        ForgetAsync(tenant, session with { Subscriptions = new Dictionary<string, long>() }, session.Subscriptions.Keys, cancellation);

    public Task CloseAsync(RealtimeSession session, string reason, CancellationToken cancellation) =>
        session.Connection is { } socket ? transport.CloseAsync(socket, reason, cancellation) : Task.CompletedTask;

    /// <summary>
    /// A session goes on on this socket, whether it polled before or its other socket broke: it gets what it has missed, then what happens. A change that is committed in between may come twice.
    /// </summary>
    /// <returns>The session, or null where it is too far behind, and has ended.</returns>
    public async Task<RealtimeSession?> AttachAsync(string clientId, string socket, CancellationToken cancellation)
    {
        var tenant = RealtimeSessions.TenantOf(clientId)!;
        string? other = null;
        var session = await sessions.UpdateAsync(
            clientId,
            old =>
            {
                other = old.Connection;
                return old with { Connection = socket, Holder = null };
            },
            cancellation
        );
        if (session is null)
        {
            return null;
        }

        if (other is not null && other != socket)
        {
            await transport.CloseAsync(other, "The client goes on on another socket.", cancellation);
        }

        var last = await log.GetLastAsync(tenant, cancellation);
        if (last - session.Cursor > options.MostBehind)
        {
            await sessions.RemoveAsync(clientId, cancellation);
            return null;
        }

        await FollowAsync(tenant, session, cancellation);
        for (var after = session.Cursor; after < last; )
        {
            var missed = await backlog.ReadAsync(tenant, session, after, last, cancellation);
            if (missed.Last == after)
            {
                break;
            }

            after = missed.Last;
            if (missed.Count > 0)
            {
                await transport.SendAsync(socket, Frame(missed), cancellation);
            }
        }

        return session;
    }

    private static byte[] Frame(NotificationBatch missed) => [(byte)'[', .. missed.Messages.Span, (byte)']'];
}
