using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Local.Mqtt.Server;
using Serverless.Local.Mqtt.Topics;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>What each connection's session needs of the endpoint and the hub.</summary>
internal sealed class HubServices(
    IHubBackend backend,
    IngestBatcher ingest,
    ConnectedDevices devices,
    TopicConnections connections,
    IOptions<MqttOptions> options,
    TimeProvider time,
    ILogger<HubServices> logger
)
{
    public IHubBackend Backend { get; } = backend;

    public IngestBatcher Ingest { get; } = ingest;

    public ConnectedDevices Devices { get; } = devices;

    public TopicConnections Connections { get; } = connections;

    public MqttOptions Options { get; } = options.Value;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;
}
