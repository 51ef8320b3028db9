namespace Serverless.Domain.Realtime;

/// <summary>What happens on the sockets of a hub, told to whoever speaks the protocol on them.</summary>
public interface IRealtimeHandler
{
    Task OnConnectedAsync(string connectionId, CancellationToken cancellation);

    /// <summary>A whole text message came in.</summary>
    Task OnMessageAsync(string connectionId, ReadOnlyMemory<byte> message, CancellationToken cancellation);

    Task OnDisconnectedAsync(string connectionId, CancellationToken cancellation);
}

/// <summary>Pushes text messages to sockets, one by one or by group. Adapters: WebSockets in this process, Web PubSub.</summary>
public interface IRealtimeTransport
{
    /// <summary>Sends to one connection, in order with earlier sends to it.</summary>
    /// <returns>False where there is no such connection (any more).</returns>
    Task<bool> SendAsync(string connectionId, ReadOnlyMemory<byte> message, CancellationToken cancellation);

    /// <summary>Sends to every connection of a group; a group of none is no error.</summary>
    Task SendToGroupAsync(string group, ReadOnlyMemory<byte> message, CancellationToken cancellation);

    /// <summary>Adds a connection to a group; adding it again changes nothing.</summary>
    /// <returns>False where there is no such connection.</returns>
    Task<bool> AddToGroupAsync(string connectionId, string group, CancellationToken cancellation);

    Task RemoveFromGroupAsync(string connectionId, string group, CancellationToken cancellation);

    /// <summary>Closes a connection; one that is gone is no error. Its groups forget it.</summary>
    Task CloseAsync(string connectionId, string reason, CancellationToken cancellation);
}
