using System.Diagnostics;
using Serverless.Azure.TableStorage;

namespace Serverless.Azure.Tests.Support;

/// <summary>Azurite's Table Storage as a process on a free port, all in memory. Each test has a table of its own.</summary>
public sealed class Azurite : IAsyncLifetime
{
    /// <summary>
    /// Azurite measures an entity's limit of 1 MiB on its JSON, in which binary properties are a third longer; the service measures the properties
    /// (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model). The limit of a request, 4 MiB, stays.
    /// </summary>
    private const string Program = """
        const limits = require('azurite/dist/src/table/utils/constants');
        limits.ENTITY_SIZE_MAX = limits.BODY_SIZE_MAX;
        process.argv.splice(1, 0, 'azurite');
        require('azurite/dist/src/azurite');
        """;

    private const string Ready = "Azurite Table service is successfully listening at ";
    private static readonly string[] Arguments =
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

    private readonly Output output = new();
    private Process? process;
    private string endpoint = "";
    private int tables;

    /// <summary>A connection string with the shared key.</summary>
    public string ConnectionString => $"AccountName={Account};AccountKey={Key};TableEndpoint={endpoint}";

    public string Endpoint => endpoint;

    internal const string Account = "devstoreaccount1";
    internal const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public string NewTable() => $"series{Interlocked.Increment(ref tables)}";

    /// <summary>A store on a table, as one instance of the cloud has it.</summary>
    internal TableRunStore Store(string table, TableClientOptions? options = null) => new(Client(table, options));

    internal TableClient Client(string table, TableClientOptions? options = null) =>
        TableStorageRegistration.Client(TableConnection.Parse(ConnectionString), table, options ?? new TableClientOptions());

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo("node", ["-e", Program, "--", .. Arguments])
        {
            WorkingDirectory = await NodePackages.StandInsAsync(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        output.Gather(process);
        await Poll.UntilAsync("Azurite listens", () => process.HasExited || output.Behind(Ready) is not null);
        endpoint =
            $"{output.Behind(Ready) ?? throw new InvalidOperationException($"Azurite ended with {process.ExitCode}: {output}")}/{Account}";
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        process?.Dispose();
        process = null;
        return ValueTask.CompletedTask;
    }

    private void Kill()
    {
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>The tests that share one Azurite; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}
