using Serverless.Azure.CosmosDb;
using Serverless.Azure.Tests.Support;
using Serverless.Contracts.Events;
using Serverless.Domain.Documents;

namespace Serverless.Azure.Tests.CosmosDb;

public sealed class CosmosEventOutboxTests(CosmosServer server) : EventOutboxContract
{
    private readonly CosmosOptions options = server.NewContainer();
    private CosmosConnection? connection;

    protected override async Task<IDocumentStore> OpenAsync(TimeProvider time)
    {
        connection = CosmosConnection.Open(options, credential: null);
        await connection.CreateContainerAsync(DocumentOrders.Listed, Cancellation);
        return connection.Documents(time, DocumentOrders.Listed, logger: null);
    }

    protected override Task CloseAsync()
    {
        connection!.Dispose();
        return Task.CompletedTask;
    }
}
