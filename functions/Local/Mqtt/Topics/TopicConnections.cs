using System.Collections.Concurrent;
using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.Topics;

/// <summary>The clients of the endpoint, each from its session's beginning to its end.</summary>
internal sealed class TopicConnections : ITopicConnections
{
    private readonly ConcurrentDictionary<IMqttSession, TopicConnection> connections = new();

    public IReadOnlyList<TopicConnection> Of(string tenant) =>
        [
            .. connections
                .Values.Where(connection => connection.Tenant == tenant)
                .OrderBy(connection => connection.Client.ConnectedAt)
                .ThenBy(connection => connection.Client.ClientId, StringComparer.Ordinal),
        ];

    public void Enter(IMqttSession session, string tenant, string dialect, TopicClient client) =>
        connections[session] = new TopicConnection(tenant, dialect, client with { Password = null });

    public void Leave(IMqttSession session) => connections.TryRemove(session, out _);
}
