using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Domain.Devices;

namespace Serverless.Azure.IotHub;

public static class IotHubServiceCollectionExtensions
{
    /// <summary>Devices are reached through an IoT Hub.</summary>
    /// <param name="services">The services.</param>
    /// <param name="endpoint">The hub, such as https://example.azure-devices.net.</param>
    /// <param name="credential">An identity with the role IoT Hub Data Contributor on it.</param>
    public static IServiceCollection AddIotHub(this IServiceCollection services, Uri endpoint, TokenCredential credential)
    {
        services.AddSingleton(new IotHubClient(endpoint, credential, new IotHubClientOptions()));
        services.AddSingleton<IDeviceGateway, IotHubGateway>();
        services.AddSingleton<HubReconciliation>();
        return services;
    }
}
