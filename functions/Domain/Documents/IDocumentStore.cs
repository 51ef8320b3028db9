namespace Serverless.Domain.Documents;

/// <summary>JSON documents with entity tags, atomic commits within a partition, and queries by filter. Adapters: SQLite, Cosmos DB.</summary>
/// <remarks>Every method throws <see cref="StoreUnavailableException"/> when the store cannot answer (disk full, file locked, service away); nothing is half-written then.</remarks>
public interface IDocumentStore
{
    /// <summary>The document, or null where there is none.</summary>
    ValueTask<Document?> GetAsync(DocumentKey key, CancellationToken cancellation);

    /// <summary>Applies 1 to <see cref="MaxWrites"/> writes to one partition, all or none, durable when the task completes.</summary>
    /// <returns>The new entity tag of each write, null for a deletion, in order.</returns>
    /// <exception cref="StoreConflictException">A write did not find what it expected; nothing was written.</exception>
    Task<IReadOnlyList<string?>> CommitAsync(string partition, IReadOnlyList<DocumentWrite> writes, CancellationToken cancellation);

    /// <summary>One page of the documents of a partition and kind that the filter matches, in the order asked for.</summary>
    Task<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellation);

    /// <summary>How many documents the query's filter matches, its page aside.</summary>
    Task<long> CountAsync(DocumentQuery query, CancellationToken cancellation);

    /// <summary>The most writes one commit may hold (Cosmos DB's transactional batch sets it).</summary>
    const int MaxWrites = 100;
}
