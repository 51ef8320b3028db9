using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>Documents in one container of Azure Cosmos DB for NoSQL, partitioned by the documents' partition. Queries stay within one
/// logical partition.</summary>
/// <remarks>
/// A point read costs one request unit per KB, a query a request for its plan besides. What the service limits: a document and a commit
/// to 2 MB, a logical partition to 20 GB and 10,000 request
/// units per second. Numbers beyond a float64 and members that share a name are given back as they came, but filters see the float64 and
/// the first.
/// </remarks>
public sealed class CosmosDocumentStore : IDocumentStore
{
    private readonly CosmosRequests requests;
    private readonly DocumentOrders orders;
    private readonly TimeProvider time;
    private readonly QueryReader queries;

    internal CosmosDocumentStore(CosmosRequests requests, DocumentOrders orders, TimeProvider time)
    {
        this.requests = requests;
        this.orders = orders;
        this.time = time;
        queries = new QueryReader(requests, orders, time);
    }

    public async ValueTask<Document?> GetAsync(DocumentKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var item = await requests.ReadAsync(key.Partition, ItemId.Of(key.Kind, key.Id), cancellation);
        return item is not null && item.IsLive(CosmosItem.Microseconds(time.GetUtcNow())) ? item.ToDocument(key.Partition, key.Kind) : null;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are no writes or too many, a body is no JSON object, or they are too large for the
    /// service.</exception>
    public async Task<IReadOnlyList<string?>> CommitAsync(
        string partition,
        IReadOnlyList<DocumentWrite> writes,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfZero(writes.Count, nameof(writes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writes.Count, IDocumentStore.MaxWrites, nameof(writes));
        return await new Commit(requests, partition, writes, orders, time).RunAsync(cancellation);
    }

    public async Task<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 2000, nameof(query));
        return await queries.PageAsync(query, cancellation);
    }

    public async Task<long> CountAsync(DocumentQuery query, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return await queries.CountAsync(query, cancellation);
    }
}
