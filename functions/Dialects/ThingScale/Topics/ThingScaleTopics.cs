using Microsoft.Extensions.Logging;
using Serverless.Dialects.ThingScale.Connectors;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;

namespace Serverless.Dialects.ThingScale.Topics;

/// <summary>
/// The MQTT device connector: the user name is a user's ThingScale id (U000001), or its name where it has none, the password its device token. Client ids may
/// be longer than the 23 characters that MQTT 3.1 grants
/// them, as today's clients send such.
/// </summary>
public sealed class ThingScaleTopics(
    UserDirectory users,
    DeviceDirectory devices,
    ChangeLog changes,
    ThingScaleIntake intake,
    DeadLetters deadLetters,
    MessageClock clock,
    TimeProvider time,
    ILogger<ThingScaleTopics> logger
) : ITopicDialect
{
    private readonly StateIntake states = new(intake, devices, deadLetters);

    public string Name => ThingScaleDialect.DialectName;

    public async ValueTask<TopicAdmission?> AuthenticateAsync(TopicClient client, CancellationToken cancellation)
    {
        if (client.UserName is not { } name || client.Password is not { } token)
        {
            return null;
        }

        if (await users.FindByTokenAsync(token, TokenPurpose.Device, cancellation) is not var (tenant, user))
        {
            return IsThingScaleId(name) ? new TopicAdmission(null) : null;
        }

        if (name != (user.MqttUser ?? user.Name))
        {
            return new TopicAdmission(null);
        }

        var routes = new DeviceRoutes(tenant, token, devices, changes, logger);
        return new TopicAdmission(new ThingScaleSession(tenant, user.Name, client, routes, users, intake, states, clock, time, logger));
    }

    /// <summary>U and six digits: no other dialect's user name.</summary>
    private static bool IsThingScaleId(string name) => name is ['U', ..] && name.Length == 7 && name.Skip(1).All(char.IsAsciiDigit);
}
