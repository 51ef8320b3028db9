using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.ThingScale.Requests;

/// <summary>What a route's path may be.</summary>
[Flags]
internal enum ServicePath
{
    /// <summary>/v2/service.</summary>
    Service = 1,

    /// <summary>/v2/service/id.</summary>
    Item = 2,

    Either = Service | Item,
}

/// <summary>A method of a service. GET is for whoever may read, the others for whoever may write; PUT of the own profile needs no more than to read.</summary>
internal sealed record ServiceRoute(string Service, string Method, ServicePath Path, Func<ThingScaleRequest, Task> HandleAsync);

/// <summary>Serves /v2: finds the caller, keeps to the limit of requests, and calls the service.</summary>
internal sealed class ServiceRoutes(
    ThingScaleCallers callers,
    TenantDirectory tenants,
    RequestRates rates,
    IReadOnlyList<ServiceRoute> routes
)
{
    private const string Door = "thingscale/rest";

    public Task HandleAsync(HttpContext context) => Failures.GuardAsync(context, () => ServeAsync(context), Failures.WriteAsync);

    private async Task ServeAsync(HttpContext context)
    {
        var (request, cancellation) = (context.Request, context.RequestAborted);
        var caller = await callers.FindAsync(request, cancellation);
        var tenant = caller is null ? null : (await tenants.GetAsync(caller.Tenant, cancellation)).Value;
        var settings = tenant?.Settings.ThingScale ?? ThingScaleSettings.Default;
        if (!rates.TryTake($"{Door}/{tenant?.Id}", context.Connection.RemoteIpAddress, settings.RequestsPerSecond))
        {
            throw ThingScaleError.TooManyRequests.Refused();
        }

        if (caller is null)
        {
            throw ThingScaleError.AuthRequired.Refused();
        }

        var (route, id) = Find(context);
        var isRead = route.Method == HttpMethods.Get;
        if (!(isRead || route.Service == "user" ? caller.MayRead : caller.MayWrite))
        {
            throw ThingScaleError.Forbidden.Refused();
        }

        await route.HandleAsync(new ThingScaleRequest(context, caller, tenant!, id));
    }

    private (ServiceRoute Route, string? Id) Find(HttpContext context)
    {
        // /v2/service, /v2/service/, /v2/service/id and /v2/service/id/.
        var segments = context.Request.Path.Value!.Split('/')[2..];
        if (segments is [.., ""])
        {
            segments = segments[..^1];
        }

        if (segments.Length is 0 or > 2 || segments.Contains(""))
        {
            throw ThingScaleError.NotFound.Refused();
        }

        var path = segments.Length == 1 ? ServicePath.Service : ServicePath.Item;
        var known = routes.Where(route => route.Service == segments[0]).ToList();
        if (known.Count == 0)
        {
            throw ThingScaleError.NotFound.Refused();
        }

        var method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        var fitting = known.FindAll(route => route.Path.HasFlag(path));
        if (fitting.Find(route => route.Method == method) is not { } found)
        {
            if (fitting.Count == 0)
            {
                throw ThingScaleError.NotFound.Refused();
            }

            context.Response.Headers.Allow = string.Join(", ", fitting.Select(route => route.Method));
            throw ThingScaleError.MethodNotAllowed.Refused();
        }

        return (found, path == ServicePath.Item ? segments[1] : null);
    }
}
