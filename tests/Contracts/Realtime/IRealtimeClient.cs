namespace Serverless.Contracts.Realtime;

/// <summary>A client's end of a socket.</summary>
public interface IRealtimeClient : IAsyncDisposable
{
    string ConnectionId { get; }

    Task SendAsync(string text);

    /// <summary>The next message, or null where the server closed the socket.</summary>
    Task<string?> ReceiveAsync();

    /// <summary>The reason that came with the server's close.</summary>
    string? CloseReason { get; }

    /// <summary>Closes from the client's side.</summary>
    Task CloseAsync();
}
