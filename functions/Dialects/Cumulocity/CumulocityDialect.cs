using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity;

/// <summary>
/// Cumulocity's REST API at the paths of the vendor: /inventory, /identity, /measurement, /event, /alarm, /devicecontrol and what goes with them. Managed objects are the twins, operations the commands,
/// measurements the series.
/// </summary>
internal sealed class CumulocityDialect : IDialect
{
    /// <summary>The name by which messages, commands and connections say that they are of this dialect.</summary>
    public const string DialectName = "cumulocity";

    private readonly CumulocityCallers callers;
    private readonly CumulocityRoute[] routes;
    private readonly IReadOnlyList<ICumulocityEndpoints> endpoints;

    public CumulocityDialect(CumulocityCallers callers, IEnumerable<ICumulocityRoutes> routes, IEnumerable<ICumulocityEndpoints> endpoints)
    {
        this.callers = callers;
        this.routes = [.. routes.SelectMany(part => part.All()).OrderByDescending(route => route.FixedSegments)];
        this.endpoints = [.. endpoints];
    }

    public string Name => DialectName;

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var area in this.routes.Select(route => route.Path.Trim('/').Split('/')[0]).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            routes.Map($"/{area}/{{**below}}", context => CumulocityErrors.GuardAsync(context, () => HandleAsync(context)));
        }

        foreach (var endpoint in endpoints)
        {
            endpoint.Map(routes);
        }
    }

    public IEnumerable<string> Examples(ExampleValues example)
    {
        yield return $"curl -s -u '{example.User}:{example.Password}' '{example.Url}/inventory/managedObjects?fragmentType=c8y_IsDevice'";
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/');
        var segments = Array.ConvertAll(path.Split('/'), segment => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        var matches = Match(segments);
        if (matches.Count == 0)
        {
            // Clients put a path together with one slash too many; only in what is left of a path (an external id) slashes count.
            matches = Match(Array.FindAll(segments, segment => segment.Length > 0));
        }

        if (matches.Count == 0)
        {
            throw CumulocityErrors.NotFound(CumulocityErrors.AreaOf(context), $"There is no resource {context.Request.Path}.");
        }

        // A fixed word comes before a name: managedObjects/count is no object.
        matches.RemoveAll(match => match.Route.FixedSegments < matches[0].Route.FixedSegments);
        TakeMethodOverride(context.Request);
        var method = context.Request.Method;
        var asked = HttpMethods.IsHead(method) ? HttpMethods.Get : method;
        var (found, names) = matches.Find(match => match.Route.Method == asked);
        if (found is null)
        {
            Refuse(context, [.. matches.Select(match => match.Route.Method).Distinct()]);
            return;
        }

        var caller = await callers.FindAsync(context, found.Permission);
        var request = new CumulocityRequest(context, caller, names!, found.Permission);
        if (!MediaTypes.Answers(request.Accept, found.Produces))
        {
            throw new CumulocityException(
                StatusCodes.Status406NotAcceptable,
                $"{CumulocityErrors.AreaOf(context)}/Not Acceptable",
                $"The answer is {string.Join(", ", found.Produces.Prepend("application/json"))}."
            );
        }

        var answer = await found.HandleAsync(request);
        await answer.SendAsync(context);
    }

    private List<(CumulocityRoute Route, Dictionary<string, string>? Names)> Match(string[] segments) =>
        [.. routes.Select(route => (Route: route, Names: route.Match(segments))).Where(match => match.Names is not null)];

    /// <summary>Clients that know only GET and POST say in a header what a POST means (reference 1.1).</summary>
    private static void TakeMethodOverride(HttpRequest request)
    {
        if (HttpMethods.IsPost(request.Method) && request.Headers["X-HTTP-METHOD"].ToString() is { Length: > 0 } method)
        {
            request.Method = method.Trim().ToUpperInvariant();
        }
    }

    private static void Refuse(HttpContext context, IReadOnlyList<string> methods)
    {
        var allowed = string.Join(", ", methods.Contains("GET") ? [.. methods, "HEAD", "OPTIONS"] : methods.Append("OPTIONS"));
        context.Response.Headers.Allow = allowed;
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            throw new CumulocityException(
                StatusCodes.Status405MethodNotAllowed,
                $"{CumulocityErrors.AreaOf(context)}/Method Not Allowed",
                $"The resource takes {allowed}."
            );
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
    }
}

/// <summary>A part of the API that maps its own paths: realtime and the notifications' sockets.</summary>
internal interface ICumulocityEndpoints
{
    void Map(IEndpointRouteBuilder routes);
}
