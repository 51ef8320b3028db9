using Serverless.Azure.CosmosDb;
using Serverless.Azure.Tests.Support;
using Serverless.Contracts.Documents;
using Serverless.Domain.Documents;

namespace Serverless.Azure.Tests.CosmosDb;

/// <summary>The contract with the orders that the project lists: those of devices by the container's indexes, others sorted by the
/// store.</summary>
public class CosmosDocumentStoreTests(CosmosServer server) : DocumentStoreContract
{
    private readonly CosmosOptions options = server.NewContainer();
    private CosmosConnection? connection;

    private protected virtual DocumentOrders Orders => DocumentOrders.Listed;

    protected override async Task<IDocumentStore> OpenAsync(TimeProvider time)
    {
        connection = CosmosConnection.Open(options, credential: null);
        await connection.CreateContainerAsync(Orders, Cancellation);
        return connection.Documents(time, Orders, logger: null);
    }

    protected override Task CloseAsync()
    {
        connection!.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>The contract with every order of one and two plain members listed, so that the service's pages are what is tested.</summary>
public sealed class CosmosIndexedOrderTests(CosmosServer server) : CosmosDocumentStoreTests(server)
{
    private static readonly string[] Members = ["type", "owner", "name", "source", "status", "time", "a", "b", "0", "v", "n"];
    private static readonly Ordering[] Singles = [.. Members.SelectMany(name => new[] { new Ordering(name), new Ordering(name, true) })];

    private protected override DocumentOrders Orders { get; } =
        new([
            .. Singles.Select(by => new ListedOrder(Kinds.Device, by)),
            .. Singles.SelectMany(first =>
                Singles.Where(second => !second.Path.Equals(first.Path)).Select(second => new ListedOrder(Kinds.Device, first, second))
            ),
        ]);
}
