using Azure.Core;
using Azure.Identity;
using Serverless.App.Triggers.Deliveries;
using Serverless.App.Triggers.Events;
using Serverless.App.Triggers.Telemetry;
using Serverless.Azure.EventGrid;
using Serverless.Azure.IotHub;
using Serverless.Azure.StorageQueues;
using Serverless.Dialects;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Authentication.Entra;
using Serverless.Dialects.Conduit;
using Serverless.Dialects.Conduit.Topics;
using Serverless.Dialects.Conduit.Uplinks;
using Serverless.Dialects.Cumulocity;
using Serverless.Dialects.Cumulocity.Measurements;
using Serverless.Dialects.Http;
using Serverless.Dialects.Influx;
using Serverless.Dialects.Management;
using Serverless.Dialects.Proficloud;
using Serverless.Dialects.ThingScale;
using Serverless.Dialects.ThingScale.Connectors;
using Serverless.Dialects.ThingScale.Events;
using Serverless.Dialects.ThingScale.Topics;
using Serverless.Dialects.Thingsee;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Dialects.Thingsee.Topics;
using Serverless.Domain.Alarms;
using Serverless.Domain.Audit;
using Serverless.Domain.Binaries;
using Serverless.Domain.Changes;
using Serverless.Domain.Commands;
using Serverless.Domain.DataRetention;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Limits;
using Serverless.Domain.Provisioning;
using Serverless.Domain.Realtime;
using Serverless.Domain.Registration;
using Serverless.Domain.Rules;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;
using Serverless.Domain.Webhooks;
using Serverless.Domain.Webhooks.Network;
using Serverless.InfluxQL;
using Serverless.Local.Deliveries;
using Serverless.Local.Hub;
using Serverless.Local.Mqtt;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Outbox;
using Serverless.Local.Realtime;
using Serverless.TimeSeries;

namespace Serverless.App.Hosting;

/// <summary>Puts the cloud together: the domain, the adapters of its five ports, and the dialects.</summary>
internal static class Composition
{
    public static void AddCloud(this IServiceCollection services, AppOptions options)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddPorts(options);
        services.AddDomain();
        services.AddWebhooks(options.Webhooks);
        services.AddDialects(options);
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<PendingEventService>(provider, options));
        services.AddSingleton<RuleWatch>();
        services.AddSingleton<Housekeeping>();
        services.AddSingleton<TelemetryFunction>();
        services.AddSingleton<EventsFunction>();
        services.AddSingleton<DeliveriesFunction>();
        services.AddSingleton<DeadLetterLog>();
        services.AddSingleton<Health>();
    }

    private static void AddPorts(this IServiceCollection services, AppOptions options)
    {
        if (options.Azure is { } azure)
        {
            TokenCredential credential = azure.ClientId is { } client
                ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client.ToString()))
                : new DefaultAzureCredential();
            services.AddSingleton(credential);
            services.AddAzureStores(azure, credential);
            services.AddIotHub(new Uri($"https://{azure.IotHub}"), credential);
            services.AddSingleton<ITopicConnections, NoTopicConnections>();
            services.AddAzureEvents(azure, credential);
        }
        else
        {
            services.AddMqttHub();
            if (options.Emulators is { } emulators)
            {
                services.AddEmulatedStores(emulators);
            }
            else
            {
                services.AddSqlite(options.Data);
            }

            services.AddHostedService<SilenceService>();
            services.AddOutbox();
            services.AddDeliveries(options.Emulators);
        }

        services.AddSingleton<IReadOnlyList<IEventHandler>>(provider => [.. provider.GetServices<IEventHandler>()]);
        services.AddSockets();
        if (options.Azure is { } service)
        {
            services.AddWebPubSub(service);
        }

        services.AddSingleton<IReadOnlyList<HealthCheck>>(HealthChecks);
    }

    private static void AddMqttHub(this IServiceCollection services)
    {
        services.AddSingleton<IHubBackend, HubBackend>();
        services.AddMqttEndpoint();
    }

    private static void AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<IEventPublisher, OutboxEventPublisher>();
        services.AddSingleton<OutboxDispatcher>();
        services.AddHostedService<OutboxService>();
    }

    private static void AddAzureEvents(this IServiceCollection services, AzureSettings settings, TokenCredential credential)
    {
        services.AddSingleton<IEventPublisher>(
            new EventGridPublisher(settings.EventGridTopic, credential, new EventGridPublisherOptions())
        );
        services.AddSingleton<IDeliveryQueue>(provider => new StorageDeliveryQueue(
            settings.Queues,
            settings.DeliveriesQueue,
            credential,
            new StorageQueueOptions(),
            provider.GetRequiredService<TimeProvider>()
        ));
    }

    private static void AddDeliveries(this IServiceCollection services, EmulatorSettings? emulators)
    {
        if (emulators?.Queues is { } queues)
        {
            services.AddSingleton<IDeliveryQueue>(provider =>
                StorageDeliveryQueue.WithSignature(
                    queues,
                    emulators.DeliveriesQueue!,
                    emulators.QueuesSignature!,
                    provider.GetRequiredService<TimeProvider>()
                )
            );
            return;
        }

        services.AddSingleton<DeliveryScheduler>();
        services.AddSingleton<IDeliveryQueue>(provider => provider.GetRequiredService<DeliveryScheduler>());
        services.AddHostedService<DeliveryService>();
    }

    private static void AddSockets(this IServiceCollection services)
    {
        services.AddSingleton(new RealtimeOptions());
        services.AddSingleton<WebSocketTransport>();
        services.AddSingleton<IRealtimeTransport>(provider => provider.GetRequiredService<WebSocketTransport>());
        services.AddKeyedSingleton<IRealtimeTransport>(
            RealtimeHubs.Notifications,
            (provider, _) => provider.GetRequiredService<WebSocketTransport>()
        );
        services.AddSingleton<ISocketDoor, SocketDoor>();
    }

    private static IReadOnlyList<HealthCheck> HealthChecks(IServiceProvider services)
    {
        var sockets = services.GetRequiredService<WebSocketTransport>();
        var checks = Health.OfStores(services.GetRequiredService<IDocumentStore>(), services.GetRequiredService<IRunStore>()).ToList();
        if (services.GetService<OutboxDispatcher>() is { } outbox)
        {
            checks.Add(new HealthCheck("events", outbox.DescribeAsync));
        }

        if (services.GetService<DeliveryScheduler>() is { } deliveries)
        {
            checks.Add(new HealthCheck("webhooks", _ => Task.FromResult<string?>($"{deliveries.Count} deliveries wait or are under way")));
        }

        if (services.GetService<LocalDeviceGateway>() is { } gateway)
        {
            checks.Add(new HealthCheck("devices", _ => Task.FromResult<string?>($"{gateway.Count} connected")));
        }

        checks.Add(new HealthCheck("realtime", _ => Task.FromResult<string?>($"{sockets.Count} open sockets")));
        return checks;
    }

    private static void AddDomain(this IServiceCollection services)
    {
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<DatabaseDirectory>();
        services.AddSingleton<Retention>();
        services.AddSingleton<UserDirectory>();
        services.AddSingleton<ApiClients>();
        services.AddSingleton<Logins>();
        services.AddSingleton<ChangeLog>();
        services.AddSingleton<Domain.Changes.Listeners>();
        services.AddSingleton<DeviceIds>();
        services.AddSingleton<DeviceDirectory>();
        services.AddSingleton<Links>();
        services.AddSingleton<DeviceService>();
        services.AddDeviceData();
        services.AddSingleton<EventOutbox>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AlarmDirectory>();
        services.AddSingleton<ConnectionAlarms>();
        services.AddSingleton<GroupDirectory>();
        services.AddSingleton<Installations>();
        services.AddSingleton<DeviceConnections>();
        services.AddSingleton<PushConnections>();
        services.AddSingleton<AvailabilityWatch>();
        services.AddHostedService<AvailabilityService>();
        services.AddSingleton<DeviceLog>();
        services.AddSingleton<BinaryStore>();
        services.AddSingleton<EventDirectory>();
        services.AddSingleton<Heartbeats>();
        services.AddSingleton<RetentionRuleDirectory>();
        services.AddSingleton<RetentionEnforcement>();
        services.AddSingleton<IRetainedData, RetainedEvents>();
        services.AddSingleton<CommandAgents>();
        services.AddSingleton<CommandDirectory>();
        services.AddSingleton<CommandEchoes>();
        services.AddSingleton<Func<CommandEchoes>>(provider => provider.GetRequiredService<CommandEchoes>);
        services.AddSingleton<CommandDispatcher>();
        services.AddSingleton<BulkDirectory>();
        services.AddSingleton<BulkDispatcher>();
        services.AddSingleton<DeviceRegistration>();
        services.AddHostedService<CommandService>();
        services.AddSingleton<RateWindows>();
        services.AddSingleton<MessageClock>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<Provisioner>();
        services.AddSingleton(new ProvisioningOptions());
        services.AddSingleton<DeviceResolver>();
        services.AddSingleton<HubEvents>();
        services.AddRules();
        services.AddSingleton<TelemetryWriter>();
        services.AddSingleton<TelemetryPipeline>();
        services.AddSingleton<ITelemetryIngest>(provider => provider.GetRequiredService<TelemetryPipeline>());
        services.AddSingleton<IPointIngest>(provider => provider.GetRequiredService<TelemetryPipeline>());
        services.AddSingleton<SeriesStore>();
        services.AddSingleton<DeviceHistory>();
        services.AddSingleton<QueryEngine>();
        services.AddSingleton<ISeriesWriter>(provider => provider.GetRequiredService<SeriesStore>());
        services.AddSingleton<ISeriesEraser>(provider => provider.GetRequiredService<SeriesStore>());
        services.AddSingleton<ISeriesTail>(provider => provider.GetRequiredService<SeriesStore>());
    }

    private static void AddRules(this IServiceCollection services)
    {
        services.AddSingleton<RuleDirectory>();
        services.AddSingleton<RuleEndings>();
        services.AddSingleton<CrossingEffects>();
        services.AddSingleton<RuleEngine>();
        services.AddSingleton<Departures>();
        services.AddSingleton<SilenceWatch>();
    }

    private static void AddWebhooks(this IServiceCollection services, WebhookOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IReadOnlyList<IWebhookForm>>([new CloudEventsForm(), new ThingScaleForm()]);
        services.AddSingleton(provider => new WebhookClient(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<EndpointHandshake>();
        services.AddSingleton<EndpointGates>();
        services.AddSingleton<WebhookDirectory>();
        services.AddSingleton<RuleWebhooks>();
        services.AddSingleton<DeliveryDirectory>();
        services.AddSingleton<DeliverySender>();
        services.AddSingleton<DeliveryNudges>();
        services.AddSingleton<WebhookFanOut>();
        services.AddSingleton<IEventHandler>(provider => provider.GetRequiredService<WebhookFanOut>());
        services.AddSingleton<DeliveryLog>();
    }

    /// <summary>What goes with a device that is deleted.</summary>
    private static void AddDeviceData(this IServiceCollection services)
    {
        services.AddSingleton<IDeviceData, DeviceEventData>();
        services.AddSingleton<IDeviceData>(provider => new DeviceDocuments(
            provider.GetRequiredService<IDocumentStore>(),
            Kinds.RuleState,
            "source"
        ));
        services.AddSingleton<IDeviceData>(provider => new DeviceDocuments(
            provider.GetRequiredService<IDocumentStore>(),
            Kinds.Alarm,
            "device",
            (Kinds.ActiveAlarm, "alarm")
        ));
        services.AddSingleton<IDeviceData>(provider => new DeviceDocuments(
            provider.GetRequiredService<IDocumentStore>(),
            Kinds.Command,
            "device",
            (Kinds.CommandEntry, "command")
        ));
    }

    private static void AddDialects(this IServiceCollection services, AppOptions options)
    {
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<ClientTokens>();
        services.AddSingleton<HttpCallers>();
        if (options.Entra is { } entra)
        {
            services.AddSingleton(entra);
            services.AddSingleton<EntraTokens>();
        }

        services.AddSingleton<IDialect, ProficloudDialect>();
        services.AddSingleton<IDialect, InfluxDialect>();
        services.AddSingleton<IDialect, ConduitDialect>();
        services.AddSingleton<ITopicDialect, ConduitTopics>();
        services.AddSingleton<IDialect, ManagementDialect>();
        services.AddSingleton<IDialect, ThingseeDialect>();
        services.AddSingleton<ITopicDialect, ThingseeTopics>();
        services.AddSingleton<RequestRates>();
        services.AddSingleton<ThingScaleIntake>();
        services.AddSingleton<IDialect, ThingScaleDialect>();
        services.AddSingleton<ITopicDialect, ThingScaleTopics>();

        // Its clients are known by their passwords, which take a tenth of a second: those with tokens are found before.
        services.AddCumulocity();

        // The form of last resort comes last.
        services.AddSingleton<IReadOnlyList<IMessageSplitter>>([new ThingseeMessageSplitter()]);
        services.AddSingleton<IReadOnlyList<IPayloadDecoder>>([
            new ConduitPayloadDecoder(),
            new ThingScalePayloadDecoder(),
            new ProficloudPayloadDecoder(),
            new ThingseePayloadDecoder(),
            new CumulocityPayloadDecoder(),
            new JsonPayloadDecoder(),
        ]);
    }
}
