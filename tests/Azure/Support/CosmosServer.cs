using Serverless.Azure.CosmosDb;
using Serverless.Azure.Tests.Support;

[assembly: AssemblyFixture(typeof(CosmosServer))]

namespace Serverless.Azure.Tests.Support;

/// <summary>The stand-in for Cosmos DB, for all tests. tests/Azure/CosmosDb/README.md says what it is and is not.</summary>
public sealed class CosmosServer : IAsyncLifetime
{
    private int containers;

    /// <summary>Where it answers, such as http://127.0.0.1:40123/.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>Options for a container that nobody else uses.</summary>
    internal CosmosOptions NewContainer() =>
        new()
        {
            Endpoint = Endpoint,
            Key = Convert.ToBase64String("a key that the stand-in ignores"u8),
            Database = "tests",
            Container = $"documents{Interlocked.Increment(ref containers)}",
            Gateway = true,
        };

    public async ValueTask InitializeAsync() => Endpoint = await StandIns.CosmosAsync();

    /// <summary>The process ends with the run.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
