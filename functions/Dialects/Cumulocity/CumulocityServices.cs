using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Alarms;
using Serverless.Dialects.Cumulocity.Audit;
using Serverless.Dialects.Cumulocity.Availability;
using Serverless.Dialects.Cumulocity.Inventory;
using Serverless.Dialects.Cumulocity.Measurements;
using Serverless.Dialects.Cumulocity.Mqtt;
using Serverless.Dialects.Cumulocity.Notifications;
using Serverless.Dialects.Cumulocity.Operations;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Dialects.Cumulocity.Registration;
using Serverless.Dialects.Cumulocity.Requests;
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
        services.AddSingleton<DeviceScope>();
        services.AddSingleton<CollectionPages>();
        services.AddSingleton<AlarmFilters>();
        services.AddSingleton<ICumulocityRoutes, AlarmRoutes>();
        services.AddSingleton<OperationFilters>();
        services.AddSingleton<ICumulocityRoutes, OperationRoutes>();
        services.AddSingleton<ICumulocityRoutes, BulkOperationRoutes>();
        services.AddSingleton<ICumulocityRoutes, DeviceRequestRoutes>();
        services.AddSingleton<ICumulocityRoutes, CredentialRoutes>();
        services.AddSingleton<GroupPaths>();
        services.AddSingleton<BulkRegistration>();
        services.AddSingleton<ICumulocityRoutes, BulkRegistrationRoutes>();
        services.AddSingleton<ICumulocityRoutes, AuditRoutes>();
        services.AddAvailability();
        services.AddCumulocityMqtt();
    }
}
