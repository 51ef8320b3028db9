using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Http;
using Serverless.Domain.Realtime;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>The path of the consumers' sockets.</summary>
internal sealed class NotificationEndpoints(ConsumerSockets sockets, ISocketDoor door) : ICumulocityEndpoints
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.Map("/notification2/consumer/{**suffix}", context => CumulocityErrors.GuardAsync(context, () => HandleAsync(context)));

    private Task HandleAsync(HttpContext context) =>
        context.WebSockets.IsWebSocketRequest
            ? door.OpenAsync(context, sockets)
            : throw new CumulocityException(
                StatusCodes.Status426UpgradeRequired,
                "notification2/Upgrade Required",
                "Consumers connect by WebSocket."
            );
}

/// <summary>Puts Notification 2.0 together.</summary>
internal static class NotificationServices
{
    public static void AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton<SubscriptionDirectory>();
        services.AddSingleton<ConsumerDirectory>();
        services.AddSingleton<NotificationTokens>();
        services.AddSingleton<TopicMessages>();
        services.AddSingleton<NotificationPump>();
        services.AddSingleton<ConsumerSockets>();
        services.AddSingleton<ICumulocityRoutes, SubscriptionRoutes>();
        services.AddSingleton<ICumulocityRoutes, TokenRoutes>();
        services.AddSingleton<ICumulocityEndpoints, NotificationEndpoints>();
        services.AddKeyedSingleton<IRealtimeEndpoint>(
            RealtimeHubs.Notifications,
            (provider, _) => provider.GetRequiredService<ConsumerSockets>()
        );
    }
}
