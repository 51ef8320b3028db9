namespace Serverless.Domain.Realtime;

/// <summary>What happens on the sockets of a hub, told to whoever speaks the protocol on them.</summary>
public interface IRealtimeHandler
{
    Task OnConnectedAsync(string connectionId, CancellationToken cancellation);

    /// <summary>A whole text message came in.</summary>
    Task OnMessageAsync(string connectionId, ReadOnlyMemory<byte> message, CancellationToken cancellation);

    Task OnDisconnectedAsync(string connectionId, CancellationToken cancellation);
}

/// <summary>What a client shows as it opens a socket.</summary>
/// <param name="ConnectionId">The name that the connection gets.</param>
/// <param name="BaseUrl">The scheme and host that the client called, such as https://cloud.example.com.</param>
/// <param name="Query">The query of its URL; of a name that is there twice, the first value.</param>
/// <param name="Headers">Its headers Authorization and Cookie, where it sent them, by their names in lower case.</param>
public sealed record SocketOpening(
    string ConnectionId,
    string BaseUrl,
    IReadOnlyDictionary<string, string> Query,
    IReadOnlyDictionary<string, string> Headers
);

/// <summary>Whether a socket is opened.</summary>
/// <param name="Status">200, or the HTTP status (400 to 499) that the upgrade is answered with.</param>
/// <param name="Reason">What the answer says then.</param>
public readonly record struct SocketVerdict(int Status, string Reason = "")
{
    public static SocketVerdict Open => new(200);

    public bool IsOpen => Status == 200;
}

/// <summary>A protocol on sockets that decides who may open one.</summary>
public interface IRealtimeEndpoint : IRealtimeHandler
{
    /// <summary>A client wants a socket. <see cref="IRealtimeHandler.OnConnectedAsync"/> follows where it gets it.</summary>
    Task<SocketVerdict> OnConnectingAsync(SocketOpening opening, CancellationToken cancellation);
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

    /// <summary>Whether there is such a connection now.</summary>
    Task<bool> ExistsAsync(string connectionId, CancellationToken cancellation);

    /// <summary>Closes a connection; one that is gone is no error. Its groups forget it.</summary>
    Task CloseAsync(string connectionId, string reason, CancellationToken cancellation);
}
