using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serverless.Dialects.Authentication;
using Serverless.Domain;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Management.Routing;

/// <summary>Maps the table of routes, a path at a time, and takes a request to its route: method, caller, role, tenant, in this order.</summary>
internal sealed class Dispatcher(HttpCallers callers, TenantDirectory tenants)
{
    public void Map(IEndpointRouteBuilder builder, IEnumerable<ManagementRoute> routes)
    {
        foreach (var path in routes.GroupBy(route => route.Path))
        {
            var methods = path.ToDictionary(route => route.Method);
            RequestDelegate handler = context => AnswerAsync(context, methods);
            builder.Map(ManagementRoute.Prefix + path.Key, handler);
        }

        RequestDelegate unknown = context =>
            Failures.Answer(Problems.NotFound, $"There is nothing at {context.Request.Path}.").WriteAsync(context);
        builder.Map($"{ManagementRoute.Prefix}/{{**rest}}", unknown);
    }

    private async Task AnswerAsync(HttpContext context, Dictionary<string, ManagementRoute> methods)
    {
        Answer? answer = null;
        try
        {
            answer = await DispatchAsync(context, methods);
        }
        catch (Exception exception) when ((answer = Failures.Find(exception)) is not null)
        {
            // The filter has the answer.
        }

        await answer.WriteAsync(context);
    }

    private async Task<Answer> DispatchAsync(HttpContext context, Dictionary<string, ManagementRoute> methods)
    {
        var method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        if (methods.TryGetValue(method, out var route))
        {
            return await HandleAsync(context, route);
        }

        var allow = string.Join(", ", methods.Keys.Concat(methods.ContainsKey("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"]));
        return HttpMethods.IsOptions(method)
            ? Answer.NoContent with
            {
                Allow = allow,
            }
            : Failures.Answer(Problems.MethodNotAllowed, $"The resource knows {allow}.") with
            {
                Allow = allow,
            };
    }

    private async Task<Answer> HandleAsync(HttpContext context, ManagementRoute route)
    {
        var cancellation = context.RequestAborted;
        if (route.Access == Access.Anonymous)
        {
            return await route.Handler(new ManagementRequest(context, route, null, "", []));
        }

        var caller =
            await callers.FindAsync(context.Request, cancellation)
            ?? throw new ProblemException(Problems.Unauthenticated, "Send a Bearer token, or a user name and password.");
        if (!route.Access.Allows(caller))
        {
            throw new ProblemException(Problems.Forbidden, $"The role {route.Access.ToString().ToLowerInvariant()} is needed.");
        }

        var query = QueryParameters.Read(context.Request.Query, route);
        var tenant = await FindTenantAsync(caller, query, cancellation);
        return await route.Handler(new ManagementRequest(context, route, caller, tenant, query));
    }

    /// <summary>The caller's tenant, or the one that an operator names; others learn nothing of what other tenants there are.</summary>
    private async ValueTask<string> FindTenantAsync(Caller caller, JsonObject query, CancellationToken cancellation)
    {
        var tenant = query.Text(QueryParameters.Tenant.Name, caller.Tenant)!;
        return tenant == caller.Tenant ? tenant
            : caller.Is(Roles.Operator) ? (await tenants.GetAsync(tenant, cancellation)).Value.Id
            : throw DomainException.NotFound($"tenant '{tenant}'");
    }
}
