using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Http;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Dialects.Thingsee.Resources;
using Serverless.Domain.Alarms;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Thingsee;

/// <summary>
/// Haltian's Thingsee Open Services API v1, at /v1 and, as the vendor's base URL ends, at /prod/v1; with a slash at the end or without. Every success is {"data": …}. A thing is a device; its TUID is
/// the external id tuid, else the device's id.
/// </summary>
public sealed class ThingseeDialect : IDialect
{
    private static readonly string[] Prefixes = ["/v1", "/prod/v1"];

    private readonly HttpCallers callers;
    private readonly ClientTokenHandler tokens;
    private readonly ThingseeRoute[] routes;

    public ThingseeDialect(
        DeviceDirectory devices,
        DeviceService service,
        GroupDirectory groups,
        Installations installations,
        CommandDirectory commands,
        AlarmDirectory alarms,
        TenantDirectory tenants,
        SeriesStore series,
        DeviceHistory history,
        HttpCallers callers,
        Logins logins,
        ApiClients clients,
        ClientTokens tokens,
        TimeProvider time
    )
    {
        this.callers = callers;
        this.tokens = new ClientTokenHandler(logins, clients, tokens);
        var things = new Things(devices, service);
        var messages = new MessageHistory(series, history);
        routes =
        [
            .. new ThingRoutes(things, messages).All(),
            .. new InstallationRoutes(things, installations).All(),
            .. new GroupRoutes(things, groups, tenants).All(),
            .. new CommandRoutes(things, commands, time).All(),
            .. new AlertRoutes(things, devices, alarms).All(),
        ];
    }

    public string Name => "thingsee";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in Prefixes)
        {
            routes.Map($"{prefix}/{{**below}}", context => ThingseeErrors.GuardAsync(context, () => HandleAsync(context, prefix)));
        }
    }

    public IEnumerable<string> Examples(ExampleValues example)
    {
        yield return $"curl -s {example.Url}/v1/groups -H \"Authorization: Bearer $TOKEN\"";
    }

    private async Task HandleAsync(HttpContext context, string prefix)
    {
        var path = context.Request.Path.Value![prefix.Length..].Trim('/');
        var segments = Array.ConvertAll(path.Split('/'), segment => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        var method = context.Request.Method;
        if (path == ClientTokenHandler.Path)
        {
            await (HttpMethods.IsPost(method) ? tokens.HandleAsync(context) : RefuseMethodAsync(context, HttpMethods.Post));
            return;
        }

        // A fixed word comes before a name: things/alerts is no thing.
        var matches = routes
            .Select(route => (Route: route, Name: route.Match(segments)))
            .Where(match => match.Name is not null)
            .OrderBy(match => match.Name!.Length > 0)
            .ToList();
        if (matches.Count == 0)
        {
            await ThingseeErrors.WriteAsync(context, StatusCodes.Status404NotFound, $"There is no {context.Request.Path}.");
            return;
        }

        matches.RemoveAll(match => match.Route.Path.Contains('{') != matches[0].Route.Path.Contains('{'));
        if (await AuthenticateAsync(context) is not { } caller)
        {
            return;
        }

        var asked = HttpMethods.IsHead(method) ? HttpMethods.Get : method;
        var (found, name) = matches.Find(match => match.Route.Method == asked);
        if (found is null)
        {
            await RefuseMethodAsync(context, [.. matches.Select(match => match.Route.Method).Distinct()]);
        }
        else if (found.Writes ? !caller.MayWrite : !caller.MayRead)
        {
            await ThingseeErrors.WriteAsync(context, StatusCodes.Status403Forbidden, "The caller's role does not allow this.");
        }
        else
        {
            await WriteAsync(context, await found.HandleAsync(new ThingseeRequest(context, caller, name!)));
        }
    }

    private async ValueTask<Caller?> AuthenticateAsync(HttpContext context)
    {
        var caller = await callers.FindBearerAsync(context.Request, context.RequestAborted);
        if (caller is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ThingseeErrors.WriteAsync(context, StatusCodes.Status401Unauthorized, "The token is missing, wrong, or over.");
        }

        return caller;
    }

    private static Task RefuseMethodAsync(HttpContext context, params string[] allowed)
    {
        context.Response.Headers.Allow = string.Join(", ", allowed);
        return ThingseeErrors.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, $"It takes {string.Join(", ", allowed)}.");
    }

    internal static Task WriteAsync(HttpContext context, JsonNode data) =>
        JsonResponses.WriteAsync(
            context.Response,
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WritePropertyName("data");
                data.WriteTo(writer);
                writer.WriteEndObject();
            }
        );
}
