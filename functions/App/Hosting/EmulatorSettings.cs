namespace Serverless.App.Hosting;

/// <summary>Where stand-ins of Azure's storage run: Azurite for Table Storage, a Cosmos-compatible server for Cosmos DB. All else is as on a laptop.</summary>
internal sealed record EmulatorSettings
{
    public const string Storage = "emulators";
    public const string TablesName = "SERVERLESS_TABLES_CONNECTION_STRING";
    public const string CosmosKeyName = "SERVERLESS_COSMOS_KEY";

    public const string QueuesSignatureName = "SERVERLESS_QUEUES_SIGNATURE";

    /// <summary>Azurite's queue service with the account in its path, or null where deliveries stay in the process.</summary>
    public Uri? Queues { get; init; }

    /// <summary>The queue of deliveries, where there is a queue service.</summary>
    public string? DeliveriesQueue { get; init; }

    /// <summary>A shared access signature for it. It is a secret.</summary>
    public string? QueuesSignature { get; init; }

    /// <summary>Azurite's connection string. It is a secret.</summary>
    public required string Tables { get; init; }

    /// <summary>The table of the series.</summary>
    public required string Table { get; init; }

    /// <summary>The Cosmos-compatible server.</summary>
    public required Uri Cosmos { get; init; }

    public required string CosmosDatabase { get; init; }

    public required string CosmosContainer { get; init; }

    /// <summary>Its key. It is a secret.</summary>
    public required string CosmosKey { get; init; }

    /// <param name="variable">Finds a setting by its name; null or empty where there is none.</param>
    /// <returns>The settings, or null where SERVERLESS_STORAGE is not "emulators".</returns>
    /// <exception cref="StartException">One is missing or malformed; all that are wrong are named.</exception>
    public static EmulatorSettings? Read(Func<string, string?> variable)
    {
        if (variable(AzureSettings.StorageName) != Storage)
        {
            return null;
        }

        var values = new SettingValues(variable);
        var settings = new EmulatorSettings
        {
            Tables = values.Text(TablesName),
            Table = values.Text(AzureSettings.TableName),
            Cosmos = values.Address(AzureSettings.CosmosEndpointName),
            CosmosDatabase = values.Text(AzureSettings.CosmosDatabaseName),
            CosmosContainer = values.Text(AzureSettings.CosmosContainerName),
            CosmosKey = values.Text(CosmosKeyName),
        };
        if (variable(AzureSettings.QueuesUriName) is { Length: > 0 })
        {
            settings = settings with
            {
                Queues = values.Address(AzureSettings.QueuesUriName),
                DeliveriesQueue = values.Text(AzureSettings.DeliveriesQueueName),
                QueuesSignature = values.Text(QueuesSignatureName),
            };
        }

        values.ThrowIfWrong();
        return settings;
    }

    /// <summary>Without the secrets, which must not reach a log.</summary>
    public override string ToString() => $"{Cosmos} {Table}";
}
