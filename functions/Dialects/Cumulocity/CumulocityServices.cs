using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Availability;
using Serverless.Dialects.Cumulocity.Mqtt;
using Serverless.Dialects.Cumulocity.Realtime;

namespace Serverless.Dialects.Cumulocity;

/// <summary>Puts the dialect's parts together.</summary>
public static class CumulocityServices
{
    public static void AddCumulocity(this IServiceCollection services)
    {
        services.AddSingleton<CumulocityCallers>();
        services.AddSingleton<IDialect, CumulocityDialect>();
        services.AddRealtime();
        services.AddAvailability();
        services.AddCumulocityMqtt();
    }
}
