using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.Authentication;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.InfluxQL;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Influx;

/// <summary>The HTTP API of InfluxDB 1.x: /query, /write and /ping. The tenant is the caller's; where no database is named it is that of the devices.</summary>
public sealed class InfluxDialect(
    QueryEngine engine,
    SeriesStore series,
    IPointIngest ingest,
    DatabaseDirectory databases,
    TenantDirectory tenants,
    HttpCallers callers,
    TimeProvider time,
    ILogger<InfluxDialect> logger
) : IDialect
{
    private readonly QueryHandler query = new(engine, tenants, logger);
    private readonly WriteHandler write = new(series, ingest, databases, time);
    private readonly InfluxCallers authentication = new(callers);

    public string Name => "influx";

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/query", [("GET", Query), ("POST", Query), ("OPTIONS", _ => Task.CompletedTask)]);
        Map(routes, "/write", [("POST", Write), ("OPTIONS", _ => Task.CompletedTask)]);
        Map(routes, "/ping", [("GET", Ping.HandleAsync), ("HEAD", Ping.HandleAsync)]);
    }

    public IEnumerable<string> Examples(ExampleValues example)
    {
        yield return $"curl -s -G {example.Url}/query -u '{example.User}:{example.Password}' --data-urlencode \\";
        yield return $"  \"q=SELECT mean(value) FROM \\\"auto~{example.Measurement}\\\" WHERE time > now() - 5m GROUP BY time(1m), uuid\"";
        yield return $"influx -host {new Uri(example.Url).Host} -port {new Uri(example.Url).Port} -database iot"
            + $" -username {example.User} -password '{example.Password}' -format json -execute 'SHOW MEASUREMENTS'";
    }

    private Task Query(HttpContext context) => AuthenticatedAsync(context, query.HandleAsync);

    private Task Write(HttpContext context) => AuthenticatedAsync(context, write.HandleAsync);

    private async Task AuthenticatedAsync(HttpContext context, Func<HttpContext, Caller, Task> handler)
    {
        Caller? caller;
        try
        {
            (caller, var refusal) = await authentication.FindAsync(context.Request, context.RequestAborted);
            if (caller is null)
            {
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"InfluxDB\"";
                await InfluxErrors.WriteAsync(context, StatusCodes.Status401Unauthorized, refusal);
                return;
            }
        }
        catch (DomainException forbidden) when (forbidden.Refusal == Refusal.Forbidden)
        {
            await InfluxErrors.WriteAsync(context, StatusCodes.Status403Forbidden, forbidden.Message);
            return;
        }
        catch (StoreUnavailableException away)
        {
            await InfluxErrors.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, away.Message);
            return;
        }

        await handler(context, caller);
    }

    private static void Map(IEndpointRouteBuilder routes, string path, (string Method, RequestDelegate Handle)[] methods) =>
        routes.Map(
            path + "/{**below}",
            async context =>
            {
                InfluxHeaders.AddVersion(context.Response);
                context.Request.Query = UrlValues.Read(context.Request.QueryString);
                if (context.Request.Path.Value != path)
                {
                    await InfluxErrors.WriteTextAsync(context, StatusCodes.Status404NotFound, "404 page not found");
                    return;
                }

                var (_, handle) = Array.Find(methods, method => method.Method == context.Request.Method);
                if (handle is null)
                {
                    context.Response.Headers.Allow = string.Join(", ", methods.Select(method => method.Method));
                    await InfluxErrors.WriteTextAsync(context, StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");
                    return;
                }

                InfluxHeaders.AddRequest(context);
                await handle(context);
            }
        );
}
