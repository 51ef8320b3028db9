using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Management.Resources;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain.Alarms;
using Serverless.Domain.Audit;
using Serverless.Domain.Changes;
using Serverless.Domain.Commands;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Devices;
using Serverless.Domain.Rules;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Domain.Webhooks;

namespace Serverless.Dialects.Management;

/// <summary>Our own API at /api/v1: tenants, users, tokens, clients, devices, commands, rules, alarms, events, webhooks, the audit log, dead letters and changes, documented at /openapi/v1.json.</summary>
/// <remarks>
/// One table of routes is mapped, checked and documented. Answers are in the caller's tenant; an operator names another with the parameter tenant. Whatever is
/// another tenant's is as if it were not there: 404.
/// </remarks>
public sealed class ManagementDialect(
    HttpCallers callers,
    Logins logins,
    AccessTokens tokens,
    SigningKeys signingKeys,
    TenantDirectory tenants,
    DatabaseDirectory databases,
    UserDirectory users,
    ApiClients clients,
    DeviceDirectory devices,
    DeviceService deviceService,
    DeviceLog deviceLog,
    IDeviceGateway gateway,
    CommandDirectory commands,
    CommandEchoes echoes,
    AlarmDirectory alarms,
    AuditLog audit,
    EventDirectory events,
    DeadLetters deadLetters,
    ChangeLog changes,
    Listeners listeners,
    RuleDirectory rules,
    WebhookDirectory webhooks,
    DeliveryDirectory deliveries,
    WebhookFanOut fanOut,
    IDeliveryQueue deliveryQueue,
    TimeProvider time
) : IDialect
{
    public string Name => "management";

    public void Map(IEndpointRouteBuilder routes)
    {
        var table = Routes();
        new Dispatcher(callers, tenants).Map(routes, table);
        var document = new Lazy<Answer>(() => Answer.Ok(OpenApiDocument.Create(table)));
        RequestDelegate write = context => document.Value.WriteAsync(context);
        routes.MapMethods(OpenApiDocument.Path, [HttpMethods.Get, HttpMethods.Head], write);
    }

    public IEnumerable<string> Examples(ExampleValues example) =>
        [
            $"curl -u '{example.User}:{example.Password}' {example.Url}{ManagementRoute.Prefix}/devices",
            $"curl -u '{example.User}:{example.Password}' {example.Url}{ManagementRoute.Prefix}/devices/{example.DeviceUuid}/health",
            $"curl {example.Url}{OpenApiDocument.Path}",
        ];

    /// <summary>Every route of the API.</summary>
    internal IReadOnlyList<ManagementRoute> Routes() =>
        [
            .. new SessionRoutes(logins, tokens, signingKeys).All(),
            .. new TenantRoutes(tenants, databases).All(),
            .. new UserRoutes(users).All(),
            .. new TokenRoutes(users).All(),
            .. new ClientRoutes(clients).All(),
            .. new DeviceRoutes(devices, deviceService).All(),
            .. new KeyRoutes(devices, deviceService).All(),
            .. new DeviceStateRoutes(devices, deviceLog, gateway).All(),
            .. new DeviceCallRoutes(devices, gateway).All(),
            .. new CommandRoutes(devices, commands, echoes).All(),
            .. new EventRoutes(devices, events).All(),
            .. new RuleRoutes(rules, devices).All(),
            .. new WebhookRoutes(webhooks, devices).All(),
            .. new WebhookDeliveryRoutes(webhooks, deliveries, fanOut, deliveryQueue, rules, time).All(),
            .. new AlarmRoutes(alarms, devices).All(),
            .. new AuditRoutes(audit).All(),
            .. new DeadLetterRoutes(deadLetters, devices).All(),
            .. new ChangeRoutes(changes, listeners, time).All(),
        ];
}
