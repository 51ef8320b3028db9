using System.Net.WebSockets;
using Serverless.Dialects.Http;
using Serverless.Domain.Realtime;
using Serverless.Local.Realtime;

namespace Serverless.App.Hosting;

/// <summary>Opens WebSockets in this process.</summary>
internal sealed class SocketDoor(WebSocketTransport transport) : ISocketDoor
{
    // A client that is gone without a word is found within a minute.
    private static readonly WebSocketAcceptContext Accept = new()
    {
        KeepAliveInterval = TimeSpan.FromSeconds(30),
        KeepAliveTimeout = TimeSpan.FromSeconds(20),
    };

    private static readonly string[] Credentials = ["authorization", "cookie"];

    public async Task OpenAsync(HttpContext context, IRealtimeEndpoint endpoint)
    {
        var opening = Opening(context.Request, Guid.NewGuid().ToString("N"));
        var verdict = await endpoint.OnConnectingAsync(opening, context.RequestAborted);
        if (!verdict.IsOpen)
        {
            context.Response.StatusCode = verdict.Status;
            await context.Response.WriteAsync(verdict.Reason, context.RequestAborted);
            return;
        }

        WebSocket socket;
        try
        {
            socket = await context.WebSockets.AcceptWebSocketAsync(Accept);
        }
        catch
        {
            await endpoint.OnDisconnectedAsync(opening.ConnectionId, CancellationToken.None);
            throw;
        }

        var lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        using (socket)
        {
            await transport.RunAsync(socket, opening.ConnectionId, endpoint, lifetime.ApplicationStopping);
        }
    }

    private static SocketOpening Opening(HttpRequest request, string id) =>
        new(
            id,
            $"{request.Scheme}://{request.Host}",
            request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.FirstOrDefault() ?? ""),
            Credentials
                .Where(request.Headers.ContainsKey)
                .ToDictionary(name => name, name => request.Headers[name].ToString(), StringComparer.Ordinal)
        );
}
