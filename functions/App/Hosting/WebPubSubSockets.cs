using Azure.Core;
using Serverless.Azure.WebPubSub;
using Serverless.Dialects.Authentication.Entra;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Dialects.Http;
using Serverless.Domain.Realtime;
using Serverless.Domain.Tenants;

namespace Serverless.App.Hosting;

/// <summary>On Azure sockets are Web PubSub's: the Functions host passes none on.</summary>
internal static class WebPubSubSockets
{
    /// <summary>What the tokens are for that the service's managed identity sends with events; infra/sockets.bicep has the same.</summary>
    private const string Audience = "https://webpubsub.azure.com";

    public static void AddWebPubSub(this IServiceCollection services, AzureSettings settings)
    {
        services.AddSingleton(provider => new WebPubSubClient(
            settings.WebPubSub,
            provider.GetRequiredService<TokenCredential>(),
            new WebPubSubClientOptions()
        ));
        services.AddSingleton<IRealtimeTransport>(provider => TransportOf(provider, RealtimeHubs.Realtime));
        services.AddKeyedSingleton<IRealtimeTransport>(
            RealtimeHubs.Notifications,
            (provider, _) => TransportOf(provider, RealtimeHubs.Notifications)
        );
        services.AddSingleton<ISocketDoor, ClosedSocketDoor>();
        services.AddSingleton(new CumulocityRealtimeOptions { HoldsSockets = false });
        services.AddSingleton(provider => new WebPubSubUpstream(
            new UpstreamOptions
            {
                Host = settings.WebPubSub.Host,
                Endpoints = new[] { RealtimeHubs.Realtime, RealtimeHubs.Notifications }.ToDictionary(
                    hub => hub,
                    hub => provider.GetRequiredKeyedService<IRealtimeEndpoint>(hub)
                ),
                IsService = ServiceTokens(provider, settings),
            },
            provider.GetRequiredService<ILogger<WebPubSubUpstream>>()
        ));
    }

    private static WebPubSubTransport TransportOf(IServiceProvider services, string hub) =>
        new(services.GetRequiredService<WebPubSubClient>(), hub);

    private static Func<string, CancellationToken, ValueTask<bool>> ServiceTokens(IServiceProvider services, AzureSettings settings)
    {
        var tokens = new EntraTokens(
            new EntraOptions
            {
                Directory = settings.Directory.ToString(),
                Audiences = [Audience],
                Mappings = [],
            },
            services.GetRequiredService<TenantDirectory>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<EntraTokens>>()
        );
        return (token, cancellation) => tokens.ProvesAsync(token, settings.WebPubSubPrincipal, cancellation);
    }

    /// <summary>Says where sockets are.</summary>
    private sealed class ClosedSocketDoor : ISocketDoor
    {
        public Task OpenAsync(HttpContext context, IRealtimeEndpoint endpoint)
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return context.Response.WriteAsync("WebSockets are opened through Front Door.\n", context.RequestAborted);
        }
    }
}
