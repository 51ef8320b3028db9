using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serverless.Local.Mqtt.Server;

/// <summary>Serves MQTT 3.1.1 on Kestrel's connections, plain or TLS.</summary>
internal sealed class MqttConnectionHandler(
    IEnumerable<IMqttTopicSpace> spaces,
    IOptions<MqttOptions> options,
    TimeProvider time,
    ILogger<MqttConnectionHandler> logger
) : ConnectionHandler
{
    public IReadOnlyList<IMqttTopicSpace> Spaces { get; } = [.. spaces];

    public MqttOptions Options { get; } = options.Value;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;

    public ConnectionTable Connections { get; } = new();

    public override Task OnConnectedAsync(ConnectionContext connection) => new MqttConnection(connection, this).RunAsync();
}
