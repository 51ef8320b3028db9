using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Cumulocity.Root;
using Serverless.Dialects.Cumulocity.Users;

namespace Serverless.Dialects.Cumulocity.Tenants;

/// <summary>Puts the root resources, tenant, login, options and users together.</summary>
internal static class AccountServices
{
    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<TenantOptions>();
        services.AddSingleton<UserProfiles>();
        services.AddSingleton<ICumulocityRoutes, RootRoutes>();
        services.AddSingleton<ICumulocityRoutes, TenantRoutes>();
        services.AddSingleton<ICumulocityRoutes, LoginRoutes>();
        services.AddSingleton<ICumulocityRoutes, OptionRoutes>();
        services.AddSingleton<ICumulocityRoutes, CurrentUserRoutes>();
        services.AddSingleton<ICumulocityRoutes, UserRoutes>();
    }
}
