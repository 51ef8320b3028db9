using Serverless.Dialects.Cumulocity.Notifications;
using Serverless.Domain.Changes;
using Serverless.Domain.Realtime;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>
/// Keeps what belongs to open sockets from ending, and clears up behind those that ended without a word: a client may send nothing for hours. Every few minutes, on any instance.
/// </summary>
internal sealed class RealtimeUpkeep(
    RealtimeSessions sessions,
    BayeuxSockets sockets,
    RealtimeGroups groups,
    MeasurementListeners listeners,
    AgentPresence presence,
    ChangeLog log,
    IRealtimeTransport transport,
    ConsumerSockets consumers,
    CumulocityRealtimeOptions options
) : ISocketUpkeep
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        var lasts = new Dictionary<string, long>();
        foreach (var (id, connection) in await sessions.ListConnectionsAsync(cancellation))
        {
            if (!await transport.ExistsAsync(id, cancellation))
            {
                await sockets.OnDisconnectedAsync(id, cancellation);
                continue;
            }

            await sessions.SaveConnectionAsync(id, connection, cancellation);
            if (connection.Session is { } client && RealtimeSessions.TenantOf(client) is { } tenant)
            {
                if (!lasts.TryGetValue(tenant, out var last))
                {
                    lasts[tenant] = last = await log.GetLastAsync(tenant, cancellation);
                }

                await RenewAsync(tenant, client, id, last, cancellation);
            }
        }

        await consumers.MaintainAsync(cancellation);
    }

    private async Task RenewAsync(string tenant, string client, string socket, long last, CancellationToken cancellation)
    {
        // The cursor, too: where the process is killed, what the session goes on behind is no older than this.
        var session = await sessions.UpdateAsync(client, old => old.Connection == socket ? old with { Cursor = last } : null, cancellation);
        if (session?.Connection == socket)
        {
            await groups.RenewAsync(tenant, session.Audience, RealtimeChannels.WithoutCovered(session.Subscriptions.Keys), cancellation);
            await listeners.RenewAsync(tenant, session.Subscriptions.Keys, cancellation);
            await presence.SeenAsync(tenant, session.Subscriptions.Keys, options.SocketLease, cancellation);
        }
    }
}
