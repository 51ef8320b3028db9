using System.Text;
using Serverless.Domain.Documents;
using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.Topics;

/// <summary>The dialects' clients: each dialect is asked in the order of registration, and the first that knows the kind of credentials serves the connection.</summary>
internal sealed class DialectTopicSpace(IEnumerable<ITopicDialect> dialects, HubServices hub) : IMqttTopicSpace
{
    private const int LongestClientId = 1024;

    private readonly ITopicDialect[] dialects = [.. dialects];

    public async ValueTask<MqttAdmission?> AuthenticateAsync(MqttConnect connect, CancellationToken cancellation)
    {
        var client = TopicClients.Of(connect, hub.Time.GetUtcNow());
        try
        {
            foreach (var dialect in dialects)
            {
                if (await dialect.AuthenticateAsync(client, cancellation) is { } admission)
                {
                    return Admit(dialect, admission, connect, client);
                }
            }
        }
        catch (StoreUnavailableException exception)
        {
            MqttLog.NotChecked(hub.Logger, connect.Address, exception);
            return MqttAdmission.Refuse(ConnectReturnCode.ServerUnavailable);
        }

        return null;
    }

    private MqttAdmission Admit(ITopicDialect dialect, TopicAdmission admission, MqttConnect connect, TopicClient client)
    {
        if (admission.Session is null)
        {
            return MqttAdmission.Refuse(
                admission.Refusal switch
                {
                    TopicRefusal.NotAuthorized => ConnectReturnCode.NotAuthorized,
                    TopicRefusal.BadClientId => ConnectReturnCode.IdentifierRejected,
                    _ => ConnectReturnCode.BadUserNameOrPassword,
                }
            );
        }

        if (Encoding.UTF8.GetByteCount(client.ClientId) > LongestClientId)
        {
            return MqttAdmission.Refuse(ConnectReturnCode.IdentifierRejected);
        }

        // Clients without an identifier are all different (MQTT-3.1.3-6).
        var own = client.ClientId.Length == 0 ? $"{admission.Session.Key}/{Guid.NewGuid():N}" : admission.Session.Key;
        return MqttAdmission.Accept(new TopicSession($"{dialect.Name}/{own}", dialect.Name, admission.Session, connect.Will, client, hub));
    }
}
