using Serverless.Azure.TableStorage;

namespace Serverless.Azure.Tests.Support;

/// <summary>Azurite's Table Storage. Each test has a table of its own.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private int tables;

    /// <summary>A connection string with the shared key.</summary>
    public string ConnectionString => $"AccountName={Account};AccountKey={Key};TableEndpoint={Endpoint}";

    public string Endpoint { get; private set; } = "";

    internal const string Account = StandIns.Account;
    internal const string Key = StandIns.Key;

    public string NewTable() => $"series{Interlocked.Increment(ref tables)}";

    /// <summary>A store on a table, as one instance of the cloud has it.</summary>
    internal TableRunStore Store(string table, TableClientOptions? options = null) => new(Client(table, options));

    internal TableClient Client(string table, TableClientOptions? options = null) =>
        TableStorageRegistration.Client(TableConnection.Parse(ConnectionString), table, options ?? new TableClientOptions());

    public async ValueTask InitializeAsync() => Endpoint = $"{await StandIns.TablesAsync()}";

    /// <summary>The process ends with the run.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The tests that share one Azurite; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}
