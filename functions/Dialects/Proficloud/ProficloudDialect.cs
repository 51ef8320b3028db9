using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Http;
using Serverless.Domain.Devices;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Proficloud;

/// <summary>Proficloud's time series data service: POST /epts/token, GET /epts/last, GET /epts/data.</summary>
public sealed class ProficloudDialect(
    SeriesStore store,
    DeviceDirectory devices,
    TenantDirectory tenants,
    AccessTokens tokens,
    Logins logins,
    HttpCallers callers
) : IDialect
{
    // A range may be long: what is written is sent on whenever this much has gathered.
    private const int FlushBytes = 32 * 1024;

    private readonly EptsReader reader = new(store, devices);
    private readonly ProficloudToken token = new(tokens, logins);

    public string Name => "proficloud";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/epts/token", context => ProficloudErrors.GuardAsync(context, tenants, null, () => token.HandleAsync(context)));
        routes.MapGet("/epts/last", context => AuthorisedAsync(context, LastAsync));
        routes.MapGet("/epts/data", context => AuthorisedAsync(context, DataAsync));
    }

    public IEnumerable<string> Examples(ExampleValues example)
    {
        var body = $$"""{"username":"{{example.User}}","password":"{{example.Password}}"}""";
        yield return $"TOKEN=$(curl -s {example.Url}/epts/token -H 'Content-Type: application/json' -d '{body}'"
            + """ | sed 's/.*"access_token":"\([^"]*\)".*/\1/')""";
        yield return $"curl -s '{example.Url}/epts/last?uuid={example.DeviceUuid}&timeSeriesName=auto~{example.Measurement}'"
            + " -H \"Authorization: Bearer $TOKEN\"";
    }

    private async Task AuthorisedAsync(HttpContext context, Func<HttpContext, Caller, Task> handler)
    {
        Caller? caller = null;
        await ProficloudErrors.GuardAsync(
            context,
            tenants,
            null,
            async () =>
            {
                caller = await callers.FindBearerAsync(context.Request, context.RequestAborted);
                if (caller is null)
                {
                    context.Response.Headers.WWWAuthenticate = "Bearer";
                    await ProficloudErrors.WriteAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized");
                }
            }
        );
        if (caller is not null)
        {
            await ProficloudErrors.GuardAsync(context, tenants, caller, () => handler(context, caller));
        }
    }

    private async Task LastAsync(HttpContext context, Caller caller)
    {
        var cancellation = context.RequestAborted;
        var found = await reader.FindAsync(caller.Tenant, EptsQuery.Read(context.Request.Query), cancellation);
        var writer = Start(context);
        writer.WriteStartObject();
        foreach (var device in found.GroupBy(series => series.Uuid))
        {
            writer.WriteStartObject(device.Key);
            foreach (var series in device)
            {
                if (await reader.LastAsync(caller.Tenant, series, cancellation) is var (time, values))
                {
                    writer.WriteStartArray(series.Name.Text);
                    EptsWriter.WritePoint(writer, time, values);
                    writer.WriteEndArray();
                    await FlushAsync(context, writer);
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        await FinishAsync(context, writer);
    }

    private async Task DataAsync(HttpContext context, Caller caller)
    {
        var cancellation = context.RequestAborted;
        var range = EptsRange.Read(context.Request.Query);
        var found = await reader.FindAsync(caller.Tenant, EptsQuery.Read(context.Request.Query), cancellation);
        var writer = Start(context);
        writer.WriteStartArray();
        foreach (var series in found)
        {
            await WriteSeriesAsync(context, writer, caller.Tenant, series, range);
        }

        writer.WriteEndArray();
        await FinishAsync(context, writer);
    }

    /// <summary>One element of the answer: exactly one device with exactly one series, none where the range is empty.</summary>
    private async Task WriteSeriesAsync(HttpContext context, Utf8JsonWriter writer, string tenant, EptsSeries series, EptsRange range)
    {
        var cancellation = context.RequestAborted;
        var any = false;
        if (series.Fields is [var field])
        {
            await foreach (var point in reader.ScanAsync(tenant, series, field, range, cancellation))
            {
                StartSeries(writer, series, ref any);
                EptsWriter.WritePoint(writer, point.Time, field, point.Value);
                await FlushAsync(context, writer);
            }
        }
        else
        {
            await foreach (var (time, values) in reader.ScanAllAsync(tenant, series, range, cancellation))
            {
                StartSeries(writer, series, ref any);
                EptsWriter.WritePoint(writer, time, values);
                await FlushAsync(context, writer);
            }
        }

        if (any)
        {
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private static void StartSeries(Utf8JsonWriter writer, EptsSeries series, ref bool started)
    {
        if (!started)
        {
            started = true;
            writer.WriteStartObject();
            writer.WriteStartObject(series.Uuid);
            writer.WriteStartArray(series.Name.Text);
        }
    }

    /// <summary>A writer of the answer. It is not disposed: where reading fails before anything was sent, what it holds is not sent, and the error is.</summary>
    private static Utf8JsonWriter Start(HttpContext context)
    {
        context.Response.ContentType = JsonResponses.ContentType;
        return new Utf8JsonWriter(context.Response.BodyWriter, JsonResponses.WriterOptions);
    }

    /// <summary>Sends what has gathered, where it is much; the client's pace is ours then.</summary>
    private static ValueTask FlushAsync(HttpContext context, Utf8JsonWriter writer) =>
        writer.BytesPending + context.Response.BodyWriter.UnflushedBytes < FlushBytes
            ? ValueTask.CompletedTask
            : FinishAsync(context, writer);

    private static async ValueTask FinishAsync(HttpContext context, Utf8JsonWriter writer)
    {
        writer.Flush();
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
