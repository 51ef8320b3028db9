using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serverless.Dialects.Cumulocity.Identity;
using Serverless.Dialects.Cumulocity.Inventory.Binaries;
using Serverless.Dialects.Cumulocity.Inventory.Children;
using Serverless.Dialects.Cumulocity.Inventory.Objects;
using Serverless.Dialects.Cumulocity.Inventory.Queries;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Inventory;

/// <summary>Puts inventory, binaries and identity together.</summary>
internal static class InventoryServices
{
    public static void AddInventory(this IServiceCollection services)
    {
        services.TryAddSingleton<PageCursors>();
        services.AddSingleton<QueryReader>();
        services.AddSingleton<ManagedObjects>();
        services.AddSingleton<ObjectWrites>();
        services.AddSingleton<ObjectFilters>();
        services.AddSingleton<ObjectReferences>();
        services.AddSingleton<DeviceSeries>();
        services.AddSingleton<IChangeRepresentation, ObjectRepresentation>();
        services.AddSingleton<ICumulocityRoutes, ObjectListRoutes>();
        services.AddSingleton<ICumulocityRoutes, ManagedObjectRoutes>();
        services.AddSingleton<ICumulocityRoutes, ObjectDetailRoutes>();
        services.AddSingleton<ICumulocityRoutes, ChildRoutes>();
        services.AddSingleton<ICumulocityRoutes, BinaryRoutes>();
        services.AddSingleton<ICumulocityRoutes, IdentityRoutes>();
    }
}
