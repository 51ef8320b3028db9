using Microsoft.Extensions.Logging;
using Serverless.Dialects.Conduit.Uplinks;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Conduit.Topics;

/// <summary>
/// Conduit's MQTT service: clients that publish to &lt;token&gt;/&lt;device id&gt;/pub/v1 and /pub/v2. How the vendor's broker authenticates is not known [U]: here whoever has a Conduit token with the
/// switch for MQTT as user name or password comes in [I].
/// </summary>
public sealed class ConduitTopics(
    UserDirectory users,
    DeviceDirectory devices,
    DeviceService service,
    TenantDirectory tenants,
    ProvisioningOptions provisioning,
    ITelemetryIngest ingest,
    DeadLetters deadLetters,
    MessageClock clock,
    ILogger<ConduitTopics> logger
) : ITopicDialect
{
    private readonly TopicDoor door = new(new NetworkDevices(devices, service, tenants, provisioning), ingest, deadLetters);

    public string Name => "conduit";

    public async ValueTask<TopicAdmission?> AuthenticateAsync(TopicClient client, CancellationToken cancellation)
    {
        foreach (var token in new[] { client.UserName, client.Password })
        {
            if (token is { Length: > 0 } && await FindAsync(token, cancellation) is var (tenant, user))
            {
                return user.Conduit!.Mqtt
                    ? new TopicAdmission(new ConduitSession(this, tenant, KeyOf(client, token, user), logger))
                    : new TopicAdmission(null, TopicRefusal.NotAuthorized);
            }
        }

        return null;
    }

    /// <summary>Takes a message of a client of the tenant.</summary>
    /// <returns>Null where it was taken, else why not; the reason holds no token.</returns>
    internal async Task<string?> TakeAsync(string tenant, TopicMessage message, CancellationToken cancellation)
    {
        var received = clock.Next();
        if (message.Topic.Split('/') is not [{ Length: > 0 } token, { Length: > 0 } device, "pub", "v1" or "v2"])
        {
            return "the topic is not <token>/<device id>/pub/v1 or v2";
        }

        if (await FindAsync(token, cancellation) is not var (owner, user) || owner != tenant)
        {
            return "the topic's token is not one of the client's account";
        }

        if (!user.Conduit!.Mqtt || !new Caller(owner, user.Name, user.Roles).MayWrite)
        {
            return "the topic's token does not open the MQTT service for writing";
        }

        await door.TakeAsync(tenant, device, message.Topic[^2..], message.Payload, received, cancellation);
        return null;
    }

    private ValueTask<(string Tenant, User User)?> FindAsync(string token, CancellationToken cancellation) =>
        users.FindByTokenAsync(token, TokenPurpose.Conduit, cancellation);

    /// <summary>Names the client. Some have their token in the client id; what is logged has none.</summary>
    private static string KeyOf(TopicClient client, string token, User user) =>
        $"{user.Name}/{client.ClientId.Replace(token, TokenHash.Of(token)[..12], StringComparison.Ordinal)}";
}
