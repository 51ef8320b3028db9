namespace Serverless.App.Hosting;

/// <summary>
/// The app settings that azure.bicep gives the app: all that it reads on Azure beside the options that it has everywhere. A test compares <see cref="Names"/> with
/// the template, both ways.
/// </summary>
internal sealed record AzureSettings
{
    public const string StorageName = "SERVERLESS_STORAGE";
    public const string TablesUriName = "SERVERLESS_TABLES_URI";
    public const string TableName = "SERVERLESS_TABLE";
    public const string QueuesUriName = "SERVERLESS_QUEUES_URI";
    public const string DeliveriesQueueName = "SERVERLESS_DELIVERIES_QUEUE";
    public const string CosmosEndpointName = "SERVERLESS_COSMOS_ENDPOINT";
    public const string CosmosDatabaseName = "SERVERLESS_COSMOS_DATABASE";
    public const string CosmosContainerName = "SERVERLESS_COSMOS_CONTAINER";
    public const string IotHubName = "SERVERLESS_IOT_HUB";
    public const string EventGridTopicName = "SERVERLESS_EVENT_GRID_TOPIC";
    public const string WebPubSubName = "SERVERLESS_WEB_PUB_SUB";
    public const string WebPubSubPrincipalName = "SERVERLESS_WEB_PUB_SUB_PRINCIPAL";
    public const string DirectoryName = "SERVERLESS_DIRECTORY";
    public const string KeyVaultUriName = "SERVERLESS_KEY_VAULT_URI";
    public const string FrontDoorIdName = "SERVERLESS_FRONT_DOOR_ID";
    public const string ClientIdName = "AZURE_CLIENT_ID";

    /// <summary>An option that the app has on a laptop too, as JSON here.</summary>
    public const string EntraName = "SERVERLESS_ENTRA";

    /// <summary>Likewise: the name by which endpoints of webhooks know this cloud.</summary>
    public const string WebhooksOriginName = "SERVERLESS_WEBHOOKS_ORIGIN";

    /// <summary>Every name that the template sets for the app itself; the Functions host and the functions' bindings have others.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        StorageName,
        TablesUriName,
        TableName,
        QueuesUriName,
        DeliveriesQueueName,
        CosmosEndpointName,
        CosmosDatabaseName,
        CosmosContainerName,
        IotHubName,
        EventGridTopicName,
        WebPubSubName,
        WebPubSubPrincipalName,
        DirectoryName,
        KeyVaultUriName,
        FrontDoorIdName,
        ClientIdName,
        EntraName,
        WebhooksOriginName,
    ];

    /// <summary>The table service, https://{account}.table.core.windows.net/.</summary>
    public required Uri Tables { get; init; }

    /// <summary>The table of the series.</summary>
    public required string Table { get; init; }

    /// <summary>The queue service, https://{account}.queue.core.windows.net/.</summary>
    public required Uri Queues { get; init; }

    /// <summary>The queue of deliveries.</summary>
    public required string DeliveriesQueue { get; init; }

    /// <summary>The Cosmos DB account, https://{account}.documents.azure.com:443/.</summary>
    public required Uri Cosmos { get; init; }

    public required string CosmosDatabase { get; init; }

    /// <summary>The container of the documents; the template makes it, with its partition key and index policy.</summary>
    public required string CosmosContainer { get; init; }

    /// <summary>IoT Hub's host name, {hub}.azure-devices.net, without a scheme; a port only where it is another than 443.</summary>
    public required string IotHub { get; init; }

    /// <summary>Where events are published, https://{topic}.{region}-1.eventgrid.azure.net/api/events.</summary>
    public required Uri EventGridTopic { get; init; }

    /// <summary>The Web PubSub service, https://{name}.webpubsub.azure.com.</summary>
    public required Uri WebPubSub { get; init; }

    /// <summary>The object id of the service's managed identity, whose tokens come with its events.</summary>
    public required Guid WebPubSubPrincipal { get; init; }

    /// <summary>The directory (tenant) that the managed identities are in.</summary>
    public required Guid Directory { get; init; }

    /// <summary>The vault of the key that signs access tokens, https://{vault}.vault.azure.net/.</summary>
    public required Uri KeyVault { get; init; }

    /// <summary>What X-Azure-FDID must be for a request to have come through our Front Door.</summary>
    public required Guid FrontDoorId { get; init; }

    /// <summary>The client id of the managed identity that everything above is reached by; null for whoever is logged in, as on a laptop.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>The settings of this process's environment.</summary>
    /// <exception cref="StartException">One is missing or malformed; all that are wrong are named.</exception>
    public static AzureSettings? Read() => Read(Environment.GetEnvironmentVariable);

    /// <param name="variable">Finds a setting by its name; null or empty where there is none.</param>
    /// <returns>The settings, or null where SERVERLESS_STORAGE is not "azure": then nothing else is looked at.</returns>
    /// <exception cref="StartException">One is missing or malformed; all that are wrong are named.</exception>
    public static AzureSettings? Read(Func<string, string?> variable)
    {
        var values = new SettingValues(variable);
        switch (variable(StorageName))
        {
            case null or "" or "local" or EmulatorSettings.Storage:
                return null;
            case "azure":
                break;
            case var other:
                throw new StartException($"{StorageName} is azure, local or {EmulatorSettings.Storage}, not '{other}'.");
        }

        var settings = new AzureSettings
        {
            Tables = values.Address(TablesUriName),
            Table = values.Text(TableName),
            Queues = values.Address(QueuesUriName),
            DeliveriesQueue = values.Text(DeliveriesQueueName),
            Cosmos = values.Address(CosmosEndpointName),
            CosmosDatabase = values.Text(CosmosDatabaseName),
            CosmosContainer = values.Text(CosmosContainerName),
            IotHub = values.Host(IotHubName),
            EventGridTopic = values.Address(EventGridTopicName),
            WebPubSub = values.Address(WebPubSubName),
            WebPubSubPrincipal = values.Id(WebPubSubPrincipalName),
            Directory = values.Id(DirectoryName),
            KeyVault = values.Address(KeyVaultUriName),
            FrontDoorId = values.Id(FrontDoorIdName),
            ClientId = variable(ClientIdName) is { Length: > 0 } ? values.Id(ClientIdName) : null,
        };
        values.ThrowIfWrong();
        return settings;
    }
}
