using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Cumulocity.Mqtt.Calls;
using Serverless.Dialects.Cumulocity.Mqtt.Custom;
using Serverless.Dialects.Cumulocity.Mqtt.Devices;
using Serverless.Dialects.Cumulocity.Mqtt.Hub;
using Serverless.Dialects.Cumulocity.Mqtt.Sessions;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Topics;

namespace Serverless.Dialects.Cumulocity.Mqtt;

/// <summary>Puts the MQTT service together.</summary>
internal static class CumulocityMqttServices
{
    public static void AddCumulocityMqtt(this IServiceCollection services)
    {
        services.AddSingleton<IApiCalls, ApiCalls>();
        services.AddSingleton<MqttDevices>();
        services.AddSingleton<TemplateCollections>();
        services.AddSingleton<TopicServices>();
        services.AddSingleton<ITopicDialect, CumulocityTopics>();
        services.AddSingleton<IMessageHandler, HubMessages>();

        // The handler asks the API, whose readings go through the pipeline that asks for the handler.
        services.AddSingleton<Func<IReadOnlyList<IMessageHandler>>>(provider =>
        {
            var handlers = new Lazy<IReadOnlyList<IMessageHandler>>(() => [.. provider.GetServices<IMessageHandler>()]);
            return () => handlers.Value;
        });
    }
}
