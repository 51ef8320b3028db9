using System.Runtime.CompilerServices;
using Serverless.Contracts.Series;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

public sealed class MaintenanceTests
{
    private static readonly TagSet Device = TagSet.Of("uuid", "d1");

    private readonly WatchedStore runs = new();
    private readonly ManualTime time = new();

    [Fact]
    public async Task What_was_written_during_a_compaction_is_as_old_as_itself()
    {
        await using var store = new SeriesStore(runs, time);
        await WriteAsync(store, "iot", 1);
        time.Advance(TimeSpan.FromHours(2));
        runs.BeforeCompaction = () =>
        {
            runs.BeforeCompaction = null;
            return WriteAsync(store, "iot", 2);
        };
        await store.MaintainAsync(default);
        var compactions = runs.Compactions;
        Assert.InRange(compactions, 1, 2);

        time.Advance(TimeSpan.FromMinutes(1));
        await store.MaintainAsync(default);
        Assert.Equal(compactions, runs.Compactions);

        time.Advance(TimeSpan.FromHours(1));
        await store.MaintainAsync(default);
        Assert.InRange(runs.Compactions, compactions + 1, compactions + 2);
    }

    [Fact]
    public async Task The_list_of_partitions_is_not_held_open_while_they_are_compacted()
    {
        await using var store = new SeriesStore(runs, time);
        await WriteAsync(store, "a", 1);
        await WriteAsync(store, "b", 1);
        time.Advance(TimeSpan.FromHours(2));
        runs.BeforeCompaction = () =>
        {
            Assert.False(runs.Listing);
            return Task.CompletedTask;
        };
        await store.MaintainAsync(default);
    }

    [Fact]
    public async Task A_partition_that_cannot_be_read_does_not_keep_the_others_from_being_sealed()
    {
        await runs.AppendAsync(new SeriesPartition("t", "a", 0), new byte[] { 1, 2, 3 }, default);
        await using var store = new SeriesStore(runs, time);
        await WriteAsync(store, "b", 1);
        time.Advance(TimeSpan.FromHours(2));

        await Assert.ThrowsAsync<InvalidDataException>(() => store.MaintainAsync(default));
        Assert.InRange(runs.Compactions, 1, 2);
    }

    private static Task WriteAsync(SeriesStore store, string database, long at) =>
        store.WriteAsync("t", database, [new Point("temp", Device, "value", at, FieldValue.Of(1.5))], default);

    /// <summary>A store that tells what is going on in it.</summary>
    private sealed class WatchedStore : IRunStore
    {
        private readonly MemoryRunStore inner = new();

        public Func<Task>? BeforeCompaction { get; set; }

        public int Compactions { get; private set; }

        public bool Listing { get; private set; }

        public Task<long> AppendAsync(SeriesPartition partition, ReadOnlyMemory<byte> payload, CancellationToken cancellation) =>
            inner.AppendAsync(partition, payload, cancellation);

        public IAsyncEnumerable<StoredRun> ReadRunsAsync(SeriesPartition partition, long after, CancellationToken cancellation) =>
            inner.ReadRunsAsync(partition, after, cancellation);

        public IAsyncEnumerable<SealedRow> ReadSealedAsync(
            SeriesPartition partition,
            string? from,
            string? to,
            CancellationToken cancellation
        ) => inner.ReadSealedAsync(partition, from, to, cancellation);

        public async Task CompactAsync(SeriesPartition partition, Domain.Series.Compaction compaction, CancellationToken cancellation)
        {
            await (BeforeCompaction?.Invoke() ?? Task.CompletedTask);
            Compactions++;
            await inner.CompactAsync(partition, compaction, cancellation);
        }

        public async IAsyncEnumerable<SeriesPartition> ListPartitionsAsync(
            string? tenant,
            [EnumeratorCancellation] CancellationToken cancellation
        )
        {
            Listing = true;
            try
            {
                await foreach (var partition in inner.ListPartitionsAsync(tenant, cancellation))
                {
                    yield return partition;
                }
            }
            finally
            {
                Listing = false;
            }
        }

        public ValueTask<long> GetSealedVersionAsync(SeriesPartition partition, CancellationToken cancellation) =>
            inner.GetSealedVersionAsync(partition, cancellation);
    }
}
