namespace Serverless.Domain.Series;

/// <summary>Where runs and sealed rows of series live: one tenant's database, split into shards by tag set so that writers on several instances do not meet.</summary>
public readonly record struct SeriesPartition(string Tenant, string Database, int Shard);

/// <summary>One immutable run: what one write left. Sequences grow in the order of the appends of a partition, not necessarily by one.</summary>
public readonly record struct StoredRun(long Sequence, ReadOnlyMemory<byte> Payload);

/// <summary>One row of sealed blocks under its key, which orders ordinally. <see cref="Sequence"/> is the last run that went into it.</summary>
public readonly record struct SealedRow(string Key, long Sequence, ReadOnlyMemory<byte> Payload);

/// <summary>What compaction did: rows to put, rows that they replace, and the last run that is now in them.</summary>
/// <param name="Puts">Rows to write, replacing rows of the same key.</param>
/// <param name="Deletes">Keys of rows that are gone.</param>
/// <param name="RunsThrough">Runs with a sequence up to this one are removed, after the rows are durable.</param>
public sealed record Compaction(IReadOnlyList<SealedRow> Puts, IReadOnlyList<string> Deletes, long RunsThrough);

/// <summary>Stores the bytes of series: appended runs and sealed rows. It knows nothing of what is in them. Adapters: SQLite, Table Storage.</summary>
/// <remarks>Methods throw <see cref="Documents.StoreUnavailableException"/> when the store cannot answer; nothing is half-written then.</remarks>
public interface IRunStore
{
    /// <summary>Appends a run, durable when the task completes.</summary>
    /// <param name="partition">The partition to append to; it need not exist.</param>
    /// <param name="payload">The run, at most <see cref="MaxPayload"/> bytes. The caller leaves it unchanged until the task completes.</param>
    /// <param name="cancellation">Cancels the wait; a run already handed to the disk may stay.</param>
    /// <returns>Its sequence: larger than that of every run of the partition whose append had completed before this one began.</returns>
    Task<long> AppendAsync(SeriesPartition partition, ReadOnlyMemory<byte> payload, CancellationToken cancellation);

    /// <summary>The partition's runs after a sequence, in order. Runs whose append completed before the call are all there.</summary>
    IAsyncEnumerable<StoredRun> ReadRunsAsync(SeriesPartition partition, long after, CancellationToken cancellation);

    /// <summary>Sealed rows with from ≤ key &lt; to, ordinally, in order; null for an open end.</summary>
    IAsyncEnumerable<SealedRow> ReadSealedAsync(SeriesPartition partition, string? from, string? to, CancellationToken cancellation);

    /// <summary>Applies a compaction. It may be repeated. A crash part-way may leave a run beside the row that has it, never neither.</summary>
    Task CompactAsync(SeriesPartition partition, Compaction compaction, CancellationToken cancellation);

    /// <summary>The partitions that hold anything, of one tenant or (null) of all.</summary>
    IAsyncEnumerable<SeriesPartition> ListPartitionsAsync(string? tenant, CancellationToken cancellation);

    /// <summary>A number that changes whenever the partition's sealed rows do: a reader that remembers it knows whether what it has cached still stands.</summary>
    ValueTask<long> GetSealedVersionAsync(SeriesPartition partition, CancellationToken cancellation);

    /// <summary>The most bytes of one run or sealed row (a Table Storage entity holds 1 MiB with its overhead).</summary>
    const int MaxPayload = 900 * 1024;
}
