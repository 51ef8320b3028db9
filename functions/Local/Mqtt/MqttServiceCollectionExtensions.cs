using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serverless.Domain.Devices;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt;

/// <summary>Puts the MQTT endpoint together.</summary>
public static class MqttServiceCollectionExtensions
{
    /// <summary>
    /// Adds the MQTT endpoint, its IoT Hub topic space and the way to the devices that are connected to it. It needs an <see cref="IHubBackend"/> and a
    /// <see cref="Serverless.Domain.Telemetry.ITelemetryIngest"/>; the ports are Kestrel's (see <see cref="MqttListenOptionsExtensions"/>).
    /// </summary>
    public static IServiceCollection AddMqttEndpoint(this IServiceCollection services, Action<MqttOptions>? configure = null)
    {
        services.AddOptions<MqttOptions>().Configure(options => configure?.Invoke(options)).ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MqttConnectionHandler>();
        services.AddSingleton<IngestBatcher>();
        services.AddSingleton<ConnectedDevices>();
        services.AddSingleton<HubServices>();
        services.AddSingleton<IMqttTopicSpace, IotHubTopicSpace>();
        services.AddSingleton(provider => new LocalDeviceGateway(
            provider.GetRequiredService<IHubBackend>(),
            provider.GetRequiredService<ConnectedDevices>()
        ));
        services.AddSingleton<IDeviceGateway>(provider => provider.GetRequiredService<LocalDeviceGateway>());
        return services;
    }
}
