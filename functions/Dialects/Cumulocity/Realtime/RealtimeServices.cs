using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serverless.Dialects.Cumulocity.Alarms;
using Serverless.Dialects.Cumulocity.Operations;
using Serverless.Domain.Realtime;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>Puts realtime together.</summary>
internal static class RealtimeServices
{
    public static void AddRealtime(this IServiceCollection services)
    {
        services.TryAddSingleton(new CumulocityRealtimeOptions());
        services.AddSingleton<RealtimeSessions>();
        services.AddSingleton<SocketSessions>();
        services.AddSingleton<BayeuxLogin>();
        services.AddSingleton<BayeuxServer>();
        services.AddSingleton<BayeuxSockets>();
        services.AddSingleton<LongPolling>();
        services.AddSingleton<HeldPolls>();
        services.AddSingleton<Backlog>();
        services.AddSingleton<ChangeFeeds>();
        services.AddSingleton<MeasurementListeners>();
        services.AddSingleton<AgentPresence>();
        services.AddSingleton<RealtimeGroups>();
        services.AddSingleton<RealtimePublisher>();
        services.AddSingleton<RealtimeUpkeep>();
        services.AddSingleton<ISocketUpkeep>(provider => provider.GetRequiredService<RealtimeUpkeep>());
        services.AddSingleton<ChangeRepresentations>();
        services.AddSingleton<IChangeRepresentation, AlarmRepresentation>();
        services.AddSingleton<IChangeRepresentation, OperationRepresentation>();
        services.AddSingleton<ICumulocityEndpoints, RealtimeEndpoints>();
        services.AddKeyedSingleton<IRealtimeEndpoint>(RealtimeHubs.Realtime, (provider, _) => provider.GetRequiredService<BayeuxSockets>());
    }
}
