using Serverless.Domain.Realtime;

namespace Serverless.Azure.WebPubSub;

/// <summary>Pushes to the sockets of a hub of Web PubSub.</summary>
/// <param name="client">The service.</param>
/// <param name="hub">The hub.</param>
/// <remarks>
/// Each call is one request that is waited for, so that what is sent to a connection one after the other arrives so. A client that reads too slowly the service closes itself. A message that is accepted
/// for a connection that ends at this moment is lost, as on any socket; the event disconnected tells of the end.
/// </remarks>
public sealed class WebPubSubTransport(WebPubSubClient client, string hub) : IRealtimeTransport
{
    public Task<bool> SendAsync(string connectionId, ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        client.SendAsync(hub, connectionId, message, cancellation);

    public Task SendToGroupAsync(string group, ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        client.SendToGroupAsync(hub, group, message, cancellation);

    public Task<bool> AddToGroupAsync(string connectionId, string group, CancellationToken cancellation) =>
        client.AddToGroupAsync(hub, group, connectionId, cancellation);

    public Task RemoveFromGroupAsync(string connectionId, string group, CancellationToken cancellation) =>
        client.RemoveFromGroupAsync(hub, group, connectionId, cancellation);

    public Task<bool> ExistsAsync(string connectionId, CancellationToken cancellation) =>
        client.ExistsAsync(hub, connectionId, cancellation);

    public Task CloseAsync(string connectionId, string reason, CancellationToken cancellation) =>
        client.CloseAsync(hub, connectionId, reason, cancellation);
}
