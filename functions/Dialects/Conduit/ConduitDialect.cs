using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Conduit.Reads;
using Serverless.Dialects.Conduit.Updates;
using Serverless.Dialects.Conduit.Uplinks;
using Serverless.Domain.Devices;
using Serverless.Domain.Limits;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Conduit;

/// <summary>AlphaX Conduit: /conduitv6 (read, write, update, delete), /conduitv4 (read), /conduitv4/post (write), /conduitv7 (read with aggregation).</summary>
public sealed class ConduitDialect(
    DeviceDirectory devices,
    DeviceService service,
    DeviceHistory history,
    SeriesStore series,
    TenantDirectory tenants,
    UserDirectory users,
    HttpCallers httpCallers,
    RateWindows rates,
    ProvisioningOptions provisioning,
    ITelemetryIngest ingest,
    MessageClock clock,
    TimeProvider time,
    ILogger<ConduitDialect> logger
) : IDialect
{
    private const string MethodOverride = "X-HTTP-Method-Override";
    private static readonly string[] Overriding = [HttpMethods.Put, HttpMethods.Delete];

    private readonly ConduitCallers callers = new(users, httpCallers);
    private readonly ReadHandler read = new(new ConduitReader(devices, history), new ReadGate(tenants, rates), time);
    private readonly AggregateHandler aggregate = new(new ConduitReader(devices, history), new ReadGate(tenants, rates), tenants, time);
    private readonly WriteHandler write = new(
        new UplinkDoor(new NetworkDevices(devices, service, tenants, provisioning), ingest, clock),
        new ConduitCallers(users, httpCallers),
        tenants,
        time
    );

    private readonly UpdateHandler update = new(devices, service, series);

    public string Name => "conduit";

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(
            routes,
            "/conduitv6",
            new()
            {
                [""] =
                [
                    ("GET", Known(read.ReadFullAsync)),
                    ("POST", write.PostAsync),
                    ("PUT", Known(update.PutAsync)),
                    ("DELETE", Known(update.DeleteAsync)),
                ],
            }
        );
        Map(
            routes,
            "/conduitv4",
            new() { [""] = [("GET", Known(read.ReadMinimalAsync))], ["post"] = [("POST", Known(write.PostParametersAsync))] }
        );
        Map(routes, "/conduitv7", new() { [""] = [("GET", Known(aggregate.ReadAsync))] });
    }

    public IEnumerable<string> Examples(ExampleValues example)
    {
        // Proficloud's example, which comes before, has a token in TOKEN.
        yield return $"curl -s {example.Url}/conduitv6/ -H \"X-Api-Key: $TOKEN\" -H 'Content-Type: application/json'"
            + """ -d '{"networkId":"sensor-1","data":[{"channelId":1,"value":21.5}]}'""";
        yield return $"curl -s '{example.Url}/conduitv6/?id=sensor-1' -H \"X-Api-Key: $TOKEN\"";
    }

    /// <summary>Maps everything below a path: what each resource below it does by method. HEAD is GET without its body.</summary>
    private void Map(IEndpointRouteBuilder routes, string path, Dictionary<string, (string Method, RequestDelegate Handle)[]> resources) =>
        routes.Map(
            path + "/{**below}",
            context =>
                ConduitErrors.GuardAsync(
                    context,
                    logger,
                    async () =>
                    {
                        var below = (context.GetRouteValue("below") as string ?? "").TrimEnd('/');
                        if (!resources.TryGetValue(below, out var methods))
                        {
                            await ConduitErrors.WriteAsync(context, StatusCodes.Status404NotFound);
                            return;
                        }

                        var method = MethodOf(context.Request);
                        var (_, handle) = Array.Find(methods, known => known.Method == method);
                        if (handle is null)
                        {
                            context.Response.Headers.Allow = string.Join(", ", methods.Select(known => known.Method));
                            await ConduitErrors.WriteAsync(context, StatusCodes.Status405MethodNotAllowed);
                            return;
                        }

                        await handle(context);
                    }
                )
        );

    /// <summary>The method, or that which a client that only has POST means by it.</summary>
    private static string MethodOf(HttpRequest request) =>
        HttpMethods.IsHead(request.Method) ? HttpMethods.Get
        : HttpMethods.IsPost(request.Method) && request.Headers[MethodOverride].ToString() is { Length: > 0 } meant
            ? (Array.Find(Overriding, known => known.Equals(meant.Trim(), StringComparison.OrdinalIgnoreCase)) ?? "")
        : request.Method;

    /// <summary>A handler for callers whose token is in the request's head.</summary>
    private RequestDelegate Known(Func<HttpContext, ConduitCaller, Task> handler) =>
        async context =>
        {
            var token = ConduitCallers.TokenOf(context.Request);
            if (token is null || await callers.FindAsync(token, context.RequestAborted) is not { } caller)
            {
                await ConduitErrors.WriteUnauthorizedAsync(context);
                return;
            }

            await handler(context, caller);
        };
}
