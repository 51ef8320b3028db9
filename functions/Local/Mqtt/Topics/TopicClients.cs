using System.Text;
using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.Topics;

/// <summary>What the endpoint knows of a client, for dialects.</summary>
internal static class TopicClients
{
    public static TopicClient Of(MqttConnect connect, DateTimeOffset now) =>
        new(
            connect.ClientId,
            connect.UserName,
            connect.Password is { } password ? Encoding.UTF8.GetString(password.Span) : null,
            connect.CleanSession,
            connect.ProtocolVersion,
            connect.KeepAlive,
            connect.Address,
            now
        );
}
