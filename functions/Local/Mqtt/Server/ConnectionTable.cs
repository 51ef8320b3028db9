using System.Collections.Concurrent;

namespace Serverless.Local.Mqtt.Server;

/// <summary>Sees to it that a client has one connection: the newest.</summary>
internal sealed class ConnectionTable
{
    private readonly ConcurrentDictionary<string, MqttConnection> connections = new();

    /// <summary>Gives the key to this connection. Completes when the connection that had it has ended for good, its session's goodbye included.</summary>
    public Task EnterAsync(string key, MqttConnection connection)
    {
        MqttConnection? previous = null;
        connections.AddOrUpdate(
            key,
            connection,
            (_, old) =>
            {
                previous = old;
                return connection;
            }
        );
        previous?.Kick();
        return previous?.Ended ?? Task.CompletedTask;
    }

    public void Leave(string key, MqttConnection connection) => connections.TryRemove(KeyValuePair.Create(key, connection));
}
