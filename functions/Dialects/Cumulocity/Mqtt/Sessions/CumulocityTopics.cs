using Microsoft.Extensions.Logging;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Cumulocity.Mqtt.Calls;
using Serverless.Dialects.Cumulocity.Mqtt.Custom;
using Serverless.Dialects.Cumulocity.Mqtt.Devices;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Mqtt.Sessions;

/// <summary>What the sessions of the MQTT service share.</summary>
internal sealed record TopicServices(
    HttpCallers Callers,
    UserDirectory Users,
    TenantDirectory Tenants,
    AccessTokens Tokens,
    DeviceDirectory Directory,
    MqttDevices Devices,
    PushConnections Connections,
    IApiCalls Api,
    TemplateCollections Collections,
    ChangeFeeds Feeds,
    ChangeLog Changes,
    DeadLetters DeadLetters,
    MessageClock Clock,
    TimeProvider Time,
    ILogger<CumulocityTopics> Logger
);

/// <summary>
/// Cumulocity's MQTT service (reference 4): SmartREST 2.0 and JSON via MQTT. The user name is tenant/user or user, the password that user's; the client identifier is [d:]serial[:collection]. A device
/// that has no credentials yet comes with the bootstrap user's, and may do nothing but ask for its own.
/// </summary>
internal sealed class CumulocityTopics(TopicServices services) : ITopicDialect
{
    public string Name => CumulocityDialect.DialectName;

    public async ValueTask<TopicAdmission?> AuthenticateAsync(TopicClient client, CancellationToken cancellation)
    {
        if (client.UserName is not { Length: > 0 } name || client.Password is not { } password)
        {
            return null;
        }

        // What names no user of ours is of another kind; so is what is longer than any of our names.
        var slash = name.IndexOf('/');
        var (tenant, user) = slash < 0 ? (null, name) : (name[..slash], name[(slash + 1)..]);
        if (!Names.IsUserName(user) || (tenant is not null && !Names.IsIdentifier(tenant)))
        {
            return null;
        }

        if (await services.Callers.FindByPasswordAsync(name, password, cancellation) is not { } caller)
        {
            return await IsOursAsync(tenant, cancellation) ? new TopicAdmission(null) : null;
        }

        if (ClientId.Parse(client.ClientId) is not { } id)
        {
            return new TopicAdmission(null, TopicRefusal.BadClientId);
        }

        if (caller.Is(Roles.Bootstrap))
        {
            return new TopicAdmission(new BootstrapTopicSession(services, caller, id.Serial));
        }

        return caller.MayWrite || caller.Is(Roles.Device)
            ? new TopicAdmission(new CumulocityTopicSession(services, caller, id, client))
            : new TopicAdmission(null, TopicRefusal.NotAuthorized);
    }

    /// <summary>Whether a wrong password is one of ours: the tenant is. A bare name may be of any kind.</summary>
    private async Task<bool> IsOursAsync(string? tenant, CancellationToken cancellation) =>
        tenant == Logins.ManagementTenant || (tenant is not null && await services.Tenants.FindAsync(tenant, cancellation) is not null);
}
