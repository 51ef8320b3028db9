using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Availability;
using Serverless.Dialects.Cumulocity.Inventory;
using Serverless.Dialects.Cumulocity.Measurements;
using Serverless.Dialects.Cumulocity.Mqtt;
using Serverless.Dialects.Cumulocity.Notifications;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Dialects.Cumulocity.Tenants;

namespace Serverless.Dialects.Cumulocity;

/// <summary>Puts the dialect's parts together.</summary>
public static class CumulocityServices
{
    public static void AddCumulocity(this IServiceCollection services)
    {
        services.AddSingleton<CumulocityCallers>();
        services.AddSingleton<IDialect, CumulocityDialect>();
        services.AddMeasurementsAndEvents();
        services.AddRealtime();
        services.AddInventory();
        services.AddAccounts();
        services.AddNotifications();
        services.AddAvailability();
        services.AddCumulocityMqtt();
    }
}
