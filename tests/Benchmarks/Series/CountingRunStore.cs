using System.Runtime.CompilerServices;
using Serverless.Domain.Series;

namespace Serverless.Benchmarks.Series;

/// <summary>Numbers runs, counts their bytes and keeps neither: what remains is the cost of the series store itself.</summary>
internal sealed class CountingRunStore : IRunStore
{
    private long sequence;

    public long Bytes { get; private set; }

    public Task<long> AppendAsync(SeriesPartition partition, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        Bytes += payload.Length;
        return Task.FromResult(++sequence);
    }

    public IAsyncEnumerable<StoredRun> ReadRunsAsync(SeriesPartition partition, long after, CancellationToken cancellation) =>
        NothingAsync<StoredRun>(cancellation);

    public IAsyncEnumerable<SealedRow> ReadSealedAsync(
        SeriesPartition partition,
        string? from,
        string? to,
        CancellationToken cancellation
    ) => NothingAsync<SealedRow>(cancellation);

    public Task CompactAsync(SeriesPartition partition, Compaction compaction, CancellationToken cancellation) => Task.CompletedTask;

    public IAsyncEnumerable<SeriesPartition> ListPartitionsAsync(string? tenant, CancellationToken cancellation) =>
        NothingAsync<SeriesPartition>(cancellation);

    public ValueTask<long> GetSealedVersionAsync(SeriesPartition partition, CancellationToken cancellation) => ValueTask.FromResult(0L);

    private static async IAsyncEnumerable<T> NothingAsync<T>([EnumeratorCancellation] CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await Task.CompletedTask;
        yield break;
    }
}
