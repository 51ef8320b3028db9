using System.Collections.Concurrent;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>What stands in for Azure's storage: Azurite's Table and Queue Storage and a Cosmos-compatible server, each one process for a whole test run, all in memory.</summary>
internal static class StandIns
{
    // Azurite's account and key, which are the same everywhere.
    public const string Account = "devstoreaccount1";
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>
    /// Azurite measures an entity's limit of 1 MiB on its JSON, in which binary properties are a third longer; the service measures the properties
    /// (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model). The limit of a request, 4 MiB, stays.
    /// </summary>
    private const string AzuriteProgram = """
        const limits = require('azurite/dist/src/table/utils/constants');
        limits.ENTITY_SIZE_MAX = limits.BODY_SIZE_MAX;
        process.argv.splice(1, 0, 'azurite');
        require('azurite/dist/src/azurite');
        """;

    private static readonly string[] AzuriteArguments =
    [
        "--blobPort",
        "0",
        "--queuePort",
        "0",
        "--tablePort",
        "0",
        "--inMemoryPersistence",
        "--disableTelemetry",
        "--skipApiVersionCheck",
    ];

    private static readonly Lazy<Task<NodeServer>> Azurite = new(StartAzuriteAsync);
    private static readonly Lazy<Task<NodeServer>> Cosmos = new(StartCosmosAsync);
    private static readonly ConcurrentDictionary<string, int> Clouds = new();

    /// <summary>Azurite's table service, with the account in its path.</summary>
    public static async Task<Uri> TablesAsync() => new((await Azurite.Value).Address, Account);

    /// <summary>Azurite's queue service, with the account in its path.</summary>
    public static async Task<Uri> QueuesAsync() =>
        new((await Azurite.Value).Of("Azurite Queue service is successfully listening at "), Account);

    /// <summary>The Cosmos-compatible server.</summary>
    public static async Task<Uri> CosmosAsync() => (await Cosmos.Value).Address;

    /// <summary>The environment of a cloud that stores its data there; that of the same data folder finds what was stored before.</summary>
    public static async Task<Dictionary<string, string>> EnvironmentAsync(string data)
    {
        var number = Clouds.GetOrAdd(Path.GetFullPath(data), _ => Clouds.Count + 1);
        return new Dictionary<string, string>
        {
            ["SERVERLESS_STORAGE"] = "emulators",
            ["SERVERLESS_TABLES_CONNECTION_STRING"] = $"AccountName={Account};AccountKey={Key};TableEndpoint={await TablesAsync()}",
            ["SERVERLESS_TABLE"] = $"series{number}",
            ["SERVERLESS_COSMOS_ENDPOINT"] = $"{await CosmosAsync()}",
            ["SERVERLESS_COSMOS_KEY"] = Convert.ToBase64String("a key that the stand-in ignores"u8),
            ["SERVERLESS_COSMOS_DATABASE"] = "acceptance",
            ["SERVERLESS_COSMOS_CONTAINER"] = $"documents{number}",
        };
    }

    private static async Task<NodeServer> StartAzuriteAsync() =>
        await NodeServer.StartAsync(
            await NodePackages.StandInsAsync(),
            "Azurite Table service is successfully listening at ",
            ["-e", AzuriteProgram, "--", .. AzuriteArguments]
        );

    private static async Task<NodeServer> StartCosmosAsync()
    {
        var packages = await NodePackages.StandInsAsync();
        return await NodeServer.StartAsync(
            packages,
            "Cosmos DB stands at ",
            Repository.At("tests", "Azure", "CosmosDb", "stand-in.cjs"),
            packages
        );
    }
}
