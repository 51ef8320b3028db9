using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>Realtime's paths, with whatever clients put behind them: what a request means is said by its messages (reference 0.3).</summary>
/// <param name="polling">Takes requests.</param>
/// <param name="sockets">Takes sockets.</param>
/// <param name="door">Opens sockets.</param>
/// <param name="publisher">Is here so that it runs from the start.</param>
internal sealed class RealtimeEndpoints(LongPolling polling, BayeuxSockets sockets, ISocketDoor door, RealtimePublisher publisher)
    : ICumulocityEndpoints
{
    private static readonly string[] Paths = ["/notification/realtime", "/notification/operations", "/cep/realtime", "/cep/notifications"];

    /// <summary>Tells sockets what happens.</summary>
    public RealtimePublisher Publisher => publisher;

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in Paths)
        {
            routes.Map($"{path}/{{**suffix}}", context => CumulocityErrors.GuardAsync(context, () => HandleAsync(context)));
        }
    }

    private Task HandleAsync(HttpContext context) =>
        context.WebSockets.IsWebSocketRequest ? door.OpenAsync(context, sockets) : polling.HandleAsync(context);
}
