using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Domain.Changes;
using Serverless.Domain.Realtime;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>
/// The consumers' sockets (reference 1.10): notifications go out as text frames of header lines, an empty line and the body, and the client sends each one's first line back. A subscriber that is not shared has
/// one socket: another is refused with 409 while the first is alive, and takes over where it is not, or where the client gives the same name as before.
/// </summary>
internal sealed class ConsumerSockets(
    NotificationTokens tokens,
    ConsumerDirectory consumers,
    NotificationPump pump,
    ChangeLog log,
    [FromKeyedServices(RealtimeHubs.Notifications)] IRealtimeTransport transport
) : IRealtimeEndpoint
{
    public async Task<SocketVerdict> OnConnectingAsync(SocketOpening opening, CancellationToken cancellation)
    {
        if (!opening.Query.TryGetValue("token", out var text) || await tokens.ReadAsync(text, cancellation) is not { } token)
        {
            return new SocketVerdict(401, "The token is missing, not ours, or over: ask for a new one.");
        }

        var id = ConsumerDirectory.IdOf(token);
        var socket = new ConsumerSocket(opening.ConnectionId, opening.BaseUrl, opening.Query.GetValueOrDefault("consumer"));
        await consumers.SaveConnectionAsync(opening.ConnectionId, new ConsumerConnection(token.Tenant, id), cancellation);
        while (true)
        {
            var stored = await consumers.FindAsync(token.Tenant, id, cancellation);
            var consumer =
                stored?.Value
                ?? new NotificationConsumer
                {
                    Subscription = token.Subscription,
                    Subscriber = token.Subscriber,
                    NonPersistent = token.NonPersistent,
                    Sent = await log.GetLastAsync(token.Tenant, cancellation),
                };
            var stale = new List<ConsumerSocket>();
            foreach (var other in consumer.Sockets)
            {
                if (!await transport.ExistsAsync(other.Id, cancellation))
                {
                    stale.Add(other);
                }
                else if (!token.IsShared)
                {
                    if (socket.Name is null || socket.Name != other.Name)
                    {
                        await consumers.RemoveConnectionAsync(opening.ConnectionId, cancellation);
                        return new SocketVerdict(409, "The subscriber has a consumer that is connected, and is not shared.");
                    }

                    stale.Add(other);
                }
            }

            consumer = stale.Aggregate(consumer, (left, other) => left.Without(other.Id));
            consumer = consumer with { Sockets = [.. consumer.Sockets, socket] };
            if (!await consumers.TrySaveAsync(token.Tenant, id, consumer, stored?.ETag, cancellation))
            {
                continue;
            }

            foreach (var other in stale)
            {
                await consumers.RemoveConnectionAsync(other.Id, cancellation);
                await transport.CloseAsync(other.Id, "The consumer has connected again.", cancellation);
            }

            consumers.Forget(token.Tenant);
            return SocketVerdict.Open;
        }
    }

    public async Task OnConnectedAsync(string connectionId, CancellationToken cancellation)
    {
        if (await consumers.FindConnectionAsync(connectionId, cancellation) is { } connection)
        {
            pump.Wake(connection.Owner, connection.Consumer);
        }
    }

    public async Task OnMessageAsync(string connectionId, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var line = message.Span;
        var end = line.IndexOf((byte)'\n');
        var text = Encoding.UTF8.GetString(end < 0 ? line : line[..end]).Trim();

        // What is no key of ours acknowledges nothing; some clients send text of their own to keep the socket open.
        if (TopicMessages.Read(text) is { } key && await consumers.FindConnectionAsync(connectionId, cancellation) is { } connection)
        {
            await pump.AcknowledgeAsync(connection.Owner, connection.Consumer, key, cancellation);
        }
    }

    public async Task OnDisconnectedAsync(string connectionId, CancellationToken cancellation)
    {
        if (await consumers.FindConnectionAsync(connectionId, cancellation) is { } connection)
        {
            await consumers.RemoveConnectionAsync(connectionId, cancellation);
            await pump.DetachAsync(connection.Owner, connection.Consumer, connectionId, cancellation);
        }
    }

    /// <summary>Keeps the sockets that are open, and ends those that ended without a word. Every few minutes, on any instance.</summary>
    public async Task MaintainAsync(CancellationToken cancellation)
    {
        foreach (var (id, connection) in await consumers.ListConnectionsAsync(cancellation))
        {
            if (await transport.ExistsAsync(id, cancellation))
            {
                await consumers.SaveConnectionAsync(id, connection, cancellation);
                pump.Wake(connection.Owner, connection.Consumer);
            }
            else
            {
                await OnDisconnectedAsync(id, cancellation);
            }
        }
    }
}
