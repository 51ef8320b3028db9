using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Availability;

/// <summary>Puts availability together.</summary>
internal static class AvailabilityServices
{
    public static void AddAvailability(this IServiceCollection services)
    {
        services.AddSingleton<ICumulocityRoutes, AvailabilityRoutes>();
        services.AddSingleton<IAgentPresence, PollingAgents>();
    }
}
