using System.Net.WebSockets;
using Serverless.Domain.Realtime;

namespace Serverless.Local.Realtime;

/// <summary>Pushes to the WebSockets of this process.</summary>
public sealed class WebSocketTransport(RealtimeOptions options, TimeProvider time) : IRealtimeTransport
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SocketConnection> connections = [];
    private readonly Dictionary<string, HashSet<SocketConnection>> groups = [];

    /// <summary>How many sockets are open.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return connections.Count;
            }
        }
    }

    /// <summary>Serves one socket until it has ended, and tells the handler what happens on it: connected, messages one by one, disconnected.</summary>
    /// <param name="socket">An open socket, used by nobody else. The caller disposes it.</param>
    /// <param name="connectionId">A name that no other connection has.</param>
    /// <param name="handler">Speaks the protocol. An exception of its own closes the socket with status 1011 and comes out of the task.</param>
    /// <param name="cancellation">Closes the socket with status 1001: the server is stopping.</param>
    /// <exception cref="ArgumentException">The connection's name is taken.</exception>
    public async Task RunAsync(WebSocket socket, string connectionId, IRealtimeHandler handler, CancellationToken cancellation)
    {
        var connection = new SocketConnection(socket, options, time);
        lock (gate)
        {
            connections.Add(connectionId, connection);
        }

        try
        {
            await connection.RunAsync(
                () => handler.OnConnectedAsync(connectionId, cancellation),
                message => handler.OnMessageAsync(connectionId, message, cancellation),
                cancellation
            );
        }
        finally
        {
            Forget(connectionId, connection);
            await handler.OnDisconnectedAsync(connectionId, CancellationToken.None);
        }
    }

    public Task<bool> SendAsync(string connectionId, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        // The queue outlives the call, and the caller may use its buffer again.
        return Task.FromResult(Find(connectionId)?.TrySend(message.ToArray()) ?? false);
    }

    public Task SendToGroupAsync(string group, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var members = Members(group);
        if (members.Length > 0)
        {
            var copy = message.ToArray();
            Array.ForEach(members, member => member.TrySend(copy));
        }

        return Task.CompletedTask;
    }

    public Task<bool> AddToGroupAsync(string connectionId, string group, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (!connections.TryGetValue(connectionId, out var connection))
            {
                return Task.FromResult(false);
            }

            if (connection.Groups.Add(group))
            {
                if (!groups.TryGetValue(group, out var members))
                {
                    groups[group] = members = [];
                }

                members.Add(connection);
            }

            return Task.FromResult(true);
        }
    }

    public Task RemoveFromGroupAsync(string connectionId, string group, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (connections.TryGetValue(connectionId, out var connection) && connection.Groups.Remove(group))
            {
                RemoveMember(group, connection);
            }
        }

        return Task.CompletedTask;
    }

    public Task<bool> ExistsAsync(string connectionId, CancellationToken cancellation) => Task.FromResult(Find(connectionId) is not null);

    public Task CloseAsync(string connectionId, string reason, CancellationToken cancellation)
    {
        if (Find(connectionId) is { } connection)
        {
            Forget(connectionId, connection);
            connection.End(WebSocketCloseStatus.NormalClosure, reason);
        }

        return Task.CompletedTask;
    }

    private SocketConnection? Find(string connectionId)
    {
        lock (gate)
        {
            return connections.GetValueOrDefault(connectionId);
        }
    }

    private SocketConnection[] Members(string group)
    {
        lock (gate)
        {
            return groups.TryGetValue(group, out var members) ? [.. members] : [];
        }
    }

    private void Forget(string connectionId, SocketConnection connection)
    {
        lock (gate)
        {
            // After a close, the name may have gone to another socket already.
            if (connections.GetValueOrDefault(connectionId) == connection)
            {
                connections.Remove(connectionId);
            }

            foreach (var group in connection.Groups)
            {
                RemoveMember(group, connection);
            }

            connection.Groups.Clear();
        }
    }

    private void RemoveMember(string group, SocketConnection connection)
    {
        if (groups.TryGetValue(group, out var members) && members.Remove(connection) && members.Count == 0)
        {
            groups.Remove(group);
        }
    }
}
