using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serverless.App.Hosting;
using Serverless.Azure.CosmosDb;
using Serverless.Azure.EventGrid;
using Serverless.Azure.IotHub;
using Serverless.Azure.StorageQueues;
using Serverless.Azure.WebPubSub;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Realtime;
using Serverless.Domain.Series;
using Serverless.Domain.Users;
using Serverless.Domain.Webhooks;
using Serverless.Local.Deliveries;
using Serverless.Local.Outbox;
using Serverless.Local.Sqlite;

namespace Serverless.App.Tests.Hosting;

/// <summary>Which adapter a port has where, without a service being asked anything.</summary>
public sealed class CompositionTests
{
    private static readonly AppOptions Laptop = new("http://127.0.0.1:0", Path.GetTempPath(), -1, -1, null, false);

    private static readonly AzureSettings Azure = new()
    {
        Tables = new Uri("https://iot1.table.core.windows.net/"),
        Table = "series",
        Queues = new Uri("https://iot1.queue.core.windows.net/"),
        DeliveriesQueue = "deliveries",
        Cosmos = new Uri("https://iot1.documents.azure.com:443/"),
        CosmosDatabase = "iot",
        CosmosContainer = "documents",
        IotHub = "iot1.azure-devices.net",
        EventGridTopic = new Uri("https://iot1.westeurope-1.eventgrid.azure.net/api/events"),
        WebPubSub = new Uri("https://iot1.webpubsub.azure.com"),
        WebPubSubPrincipal = Guid.NewGuid(),
        Directory = Guid.NewGuid(),
        KeyVault = new Uri("https://iot1.vault.azure.net/"),
        FrontDoorId = Guid.NewGuid(),
        ClientId = Guid.NewGuid(),
    };

    [Fact]
    public async Task On_azure_the_ports_are_azures_services()
    {
        await using var services = Compose(Laptop with { Azure = Azure });

        Assert.IsType<CosmosDocumentStore>(services.GetRequiredService<IDocumentStore>());
        Assert.Equal("TableRunStore", services.GetRequiredService<IRunStore>().GetType().Name);
        Assert.Equal("IotHubGateway", services.GetRequiredService<IDeviceGateway>().GetType().Name);
        Assert.Equal("KeyVaultSigningKeys", services.GetRequiredService<ISigningKeyStore>().GetType().Name);
        Assert.IsType<WebPubSubTransport>(services.GetRequiredService<IRealtimeTransport>());
        Assert.IsType<WebPubSubTransport>(services.GetRequiredKeyedService<IRealtimeTransport>(RealtimeHubs.Notifications));
        Assert.NotNull(services.GetRequiredService<WebPubSubUpstream>());
        Assert.IsType<EventGridPublisher>(services.GetRequiredService<IEventPublisher>());
        Assert.IsType<StorageDeliveryQueue>(services.GetRequiredService<IDeliveryQueue>());
        Assert.DoesNotContain(services.GetServices<IHostedService>(), service => service is OutboxService or DeliveryService);
        Assert.NotNull(services.GetService<HubReconciliation>());
        Assert.NotNull(services.GetService<Serverless.App.Hosting.Health>());
        Assert.Null(services.GetService<SqliteDatabase>());
        Assert.DoesNotContain(services.GetServices<IHostedService>(), service => service is HousekeepingService);
        Assert.False((Laptop with { Azure = Azure }).KeepsFiles);
    }

    [Fact]
    public async Task With_emulators_only_the_storage_is_azures()
    {
        var emulators = new EmulatorSettings
        {
            Tables = "UseDevelopmentStorage=true",
            Table = "series",
            Cosmos = new Uri("http://127.0.0.1:3000"),
            CosmosDatabase = "iot",
            CosmosContainer = "documents",
            CosmosKey = Convert.ToBase64String(new byte[64]),
        };

        await using var services = Compose(Laptop with { Emulators = emulators });

        Assert.IsType<CosmosDocumentStore>(services.GetRequiredService<IDocumentStore>());
        Assert.Equal("TableRunStore", services.GetRequiredService<IRunStore>().GetType().Name);
        Assert.Equal("LocalDeviceGateway", services.GetRequiredService<IDeviceGateway>().GetType().Name);
        Assert.IsType<OutboxEventPublisher>(services.GetRequiredService<IEventPublisher>());
        Assert.IsType<DeliveryScheduler>(services.GetRequiredService<IDeliveryQueue>());
        Assert.Null(services.GetService<HubReconciliation>());
    }

    private static ServiceProvider Compose(AppOptions options)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCloud(options);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
