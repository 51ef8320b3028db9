using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serverless.Domain.Devices;
using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Server;
using Serverless.Local.Mqtt.Topics;

namespace Serverless.Local.Mqtt;

/// <summary>Puts the MQTT endpoint together.</summary>
public static class MqttServiceCollectionExtensions
{
    /// <summary>
    /// Adds the MQTT endpoint, its IoT Hub topic space, that of each registered <see cref="ITopicDialect"/>, and the way to the devices that are connected to it. It needs an <see cref="IHubBackend"/> and a
    /// <see cref="Serverless.Domain.Telemetry.ITelemetryIngest"/>; the ports are Kestrel's (see <see cref="MqttListenOptionsExtensions"/>).
    /// </summary>
    public static IServiceCollection AddMqttEndpoint(this IServiceCollection services, Action<MqttOptions>? configure = null)
    {
        services.AddOptions<MqttOptions>().Configure(options => configure?.Invoke(options)).ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MqttConnectionHandler>();
        services.AddSingleton<IngestBatcher>();
        services.AddSingleton<ConnectedDevices>();
        services.AddSingleton<TopicConnections>();
        services.AddSingleton<ITopicConnections>(provider => provider.GetRequiredService<TopicConnections>());
        services.AddSingleton<HubServices>();

        // IoT Hub's credentials tell themselves; a dialect may take any user name.
        services.AddSingleton<IMqttTopicSpace, IotHubTopicSpace>();
        services.AddSingleton<IMqttTopicSpace, DialectTopicSpace>();
        services.AddSingleton(provider => new LocalDeviceGateway(
            provider.GetRequiredService<IHubBackend>(),
            provider.GetRequiredService<ConnectedDevices>()
        ));
        services.AddSingleton<IDeviceGateway>(provider => provider.GetRequiredService<LocalDeviceGateway>());
        return services;
    }
}
