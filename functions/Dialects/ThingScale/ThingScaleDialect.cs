using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Http;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Connectors;
using Serverless.Dialects.ThingScale.Devices;
using Serverless.Dialects.ThingScale.Events;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Dialects.ThingScale.Streams;
using Serverless.Dialects.ThingScale.Users;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;
using Serverless.Domain.Webhooks;
using Serverless.TimeSeries;

namespace Serverless.Dialects.ThingScale;

/// <summary>
/// ThingScale and Servwatch, version 2: the services under /v2 and the HTTP device connector at /post_v1/ and /post_v2/. The account is the tenant of the
/// user whose token it is.
/// </summary>
public sealed class ThingScaleDialect(
    IDocumentStore documents,
    SeriesStore series,
    DeviceHistory history,
    DeviceDirectory devices,
    DeviceService deviceService,
    CommandDirectory commands,
    TenantDirectory tenants,
    UserDirectory users,
    ProvisioningOptions provisioning,
    ThingScaleIntake intake,
    MessageClock clock,
    HttpCallers callers,
    RequestRates rates,
    TimeProvider time,
    ITopicConnections connections,
    RuleDirectory rules,
    RuleWebhooks webhooks,
    WebhookOptions webhookOptions
) : IDialect
{
    /// <summary>The name by which messages, commands and connections say that they are of this dialect.</summary>
    public const string DialectName = "thingscale";

    public string Name => DialectName;

    public void Map(IEndpointRouteBuilder routes)
    {
        var services = new ServiceRoutes(new ThingScaleCallers(callers), tenants, rates, Services());
        routes.Map("/v2/{**path}", services.HandleAsync);
        var connector = new HttpConnector(users, tenants, intake, clock, rates);
        MapConnector(routes, "/post_v1", context => connector.HandleAsync(context, PayloadForm.V1));
        MapConnector(routes, "/post_v2", context => connector.HandleAsync(context, PayloadForm.Json));
    }

    public IEnumerable<string> Examples(ExampleValues example)
    {
        yield return $"API_TOKEN=$(curl -s -u '{example.User}:{example.Password}' -X POST {example.Url}/api/v1/users/{example.User}/tokens"
            + """ -H 'Content-Type: application/json' -d '{"purpose":"api"}' | sed 's/.*"token":"\([^"]*\)".*/\1/')""";
        yield return $"curl -s {example.Url}/v2/device -H \"X-APITOKEN: $API_TOKEN\"";
    }

    private static void MapConnector(IEndpointRouteBuilder routes, string path, RequestDelegate handle)
    {
        // The pattern matches with and without a slash at the end.
        routes.Map(path, handle);
        routes.Map($"{path}/{{**below}}", context => Failures.WriteAsync(context, ThingScaleError.NotFound));
    }

    private ServiceRoute[] Services()
    {
        var registry = new DeviceRegistry(devices, deviceService, tenants, provisioning);
        var channels = new ChannelDirectory(documents, deviceService, devices, time);
        var last = new LastRows(series);
        var mapped = new ChannelDevices(devices, last);
        var device = new DeviceHandler(registry, devices, deviceService, channels);
        var events = new EventDirectory(documents);
        var eventRules = new EventRules(events, channels, rules, webhooks);
        var channel = new ChannelHandler(channels, mapped, eventRules);
        var rows = new RowReader(series, history);
        var stream = new StreamHandler(channels, mapped, last, rows, registry, deviceService, intake, clock);
        var threshold = new Events.EventHandler(events, channels, eventRules, webhookOptions);
        var user = new UserHandler(documents, series, users, tenants);
        return
        [
            new("device", "GET", ServicePath.Either, device.GetAsync),
            new("device", "POST", ServicePath.Either, device.PostAsync),
            new("device", "PUT", ServicePath.Item, device.PutAsync),
            new("device", "DELETE", ServicePath.Item, device.DeleteAsync),
            new("channel", "GET", ServicePath.Either, channel.GetAsync),
            new("channel", "POST", ServicePath.Item, channel.PostAsync),
            new("channel", "PUT", ServicePath.Item, channel.PutAsync),
            new("channel", "DELETE", ServicePath.Item, channel.DeleteAsync),
            new("stream", "GET", ServicePath.Item, stream.GetAsync),
            new("stream", "POST", ServicePath.Item, stream.PostAsync),
            new("event", "GET", ServicePath.Either, threshold.GetAsync),
            new("event", "POST", ServicePath.Service, threshold.PostAsync),
            new("event", "PUT", ServicePath.Item, threshold.PutAsync),
            new("event", "DELETE", ServicePath.Item, threshold.DeleteAsync),
            new("user", "GET", ServicePath.Service, user.GetAsync),
            new("user", "PUT", ServicePath.Service, user.PutAsync),
            new("publish", "POST", ServicePath.Item, new PublishHandler(registry, commands).PostAsync),
            new("session", "GET", ServicePath.Service, new SessionHandler(connections).GetAsync),
        ];
    }
}
