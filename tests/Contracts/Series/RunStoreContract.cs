using Serverless.Domain.Series;

namespace Serverless.Contracts.Series;

/// <summary>What every <see cref="IRunStore"/> does. An adapter joins with one derived class.</summary>
public abstract class RunStoreContract : IAsyncDisposable
{
    private static readonly SeriesPartition Partition = new("acme", "iot", 0);
    private static readonly SeriesPartition OtherShard = new("acme", "iot", 1);
    private static readonly SeriesPartition OtherTenant = new("other", "iot", 0);

    private IRunStore? store;

    /// <summary>A store that holds nothing.</summary>
    protected abstract ValueTask<IRunStore> CreateAsync();

    /// <summary>Closes the store and opens it again on what it has stored.</summary>
    protected abstract ValueTask<IRunStore> ReopenAsync(IRunStore store);

    /// <summary>Removes what the store has left behind.</summary>
    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task A_fresh_store_holds_nothing()
    {
        var runs = await StoreAsync();

        Assert.Empty(await RunsAsync(runs, Partition, 0));
        Assert.Empty(await RowsAsync(runs, Partition, null, null));
        Assert.Empty(await runs.ListPartitionsAsync(null, default).ToListAsync());
    }

    [Fact]
    public async Task Runs_come_back_in_the_order_of_their_appends_with_positive_growing_sequences()
    {
        var runs = await StoreAsync();
        var first = await runs.AppendAsync(Partition, Bytes(1), default);
        var second = await runs.AppendAsync(Partition, Bytes(2, 2), default);
        var third = await runs.AppendAsync(Partition, Bytes(), default);

        Assert.True(0 < first && first < second && second < third);
        var read = await RunsAsync(runs, Partition, 0);
        Assert.Equal([first, second, third], read.Select(run => run.Sequence));
        Assert.Equal(
            [
                [1],
                [2, 2],
                [],
            ],
            read.Select(run => run.Payload.ToArray())
        );
    }

    [Fact]
    public async Task Runs_are_read_after_a_sequence()
    {
        var runs = await StoreAsync();
        var first = await runs.AppendAsync(Partition, Bytes(1), default);
        var second = await runs.AppendAsync(Partition, Bytes(2), default);

        Assert.Equal(second, Assert.Single(await RunsAsync(runs, Partition, first)).Sequence);
        Assert.Empty(await RunsAsync(runs, Partition, second));
    }

    [Fact]
    public async Task The_caller_may_reuse_its_buffer_once_the_append_has_completed()
    {
        var runs = await StoreAsync();
        var buffer = new byte[] { 1, 2, 3 };
        await runs.AppendAsync(Partition, buffer, default);
        buffer.AsSpan().Clear();

        Assert.Equal([1, 2, 3], Assert.Single(await RunsAsync(runs, Partition, 0)).Payload.ToArray());
    }

    [Fact]
    public async Task Partitions_do_not_see_each_other()
    {
        var runs = await StoreAsync();
        await runs.AppendAsync(Partition, Bytes(1), default);
        await runs.AppendAsync(OtherShard, Bytes(2), default);
        await runs.CompactAsync(OtherTenant, new Compaction([Row("a", 1, 3)], [], 0), default);

        Assert.Equal([1], Assert.Single(await RunsAsync(runs, Partition, 0)).Payload.ToArray());
        Assert.Empty(await RowsAsync(runs, Partition, null, null));
        Assert.Equal([3], Assert.Single(await RowsAsync(runs, OtherTenant, null, null)).Payload.ToArray());
        await runs.CompactAsync(Partition, new Compaction([], ["a"], long.MaxValue), default);
        Assert.Single(await RunsAsync(runs, OtherShard, 0));
        Assert.Single(await RowsAsync(runs, OtherTenant, null, null));
    }

    [Fact]
    public async Task Partitions_are_listed_for_one_tenant_or_all()
    {
        var runs = await StoreAsync();
        await runs.AppendAsync(Partition, Bytes(1), default);
        await runs.AppendAsync(OtherShard, Bytes(1), default);
        await runs.CompactAsync(OtherTenant, new Compaction([Row("a", 1, 3)], [], 0), default);

        var acme = await runs.ListPartitionsAsync("acme", default).ToListAsync();
        var all = await runs.ListPartitionsAsync(null, default).ToListAsync();
        Assert.Equal(new HashSet<SeriesPartition> { Partition, OtherShard }, acme.ToHashSet());
        Assert.Equal(new HashSet<SeriesPartition> { Partition, OtherShard, OtherTenant }, all.ToHashSet());
        Assert.Equal(3, all.Count);
    }

    [Fact]
    public async Task Names_of_any_characters_are_kept_apart()
    {
        var runs = await StoreAsync();
        SeriesPartition[] partitions =
        [
            new("a/b", "c#?\\%", 0),
            new("a", "b/c#?\\%", 0),
            new("Ä", "ö'\"|", 7),
            new("a", "B", 0),
            new("a", "b", 0),
        ];
        foreach (var partition in partitions)
        {
            await runs.AppendAsync(partition, Bytes((byte)partition.Database.Length), default);
        }

        Assert.Equal(partitions.ToHashSet(), (await runs.ListPartitionsAsync(null, default).ToListAsync()).ToHashSet());
        foreach (var partition in partitions)
        {
            Assert.Equal([(byte)partition.Database.Length], Assert.Single(await RunsAsync(runs, partition, 0)).Payload.ToArray());
        }
    }

    [Fact]
    public async Task Sealed_rows_come_in_ordinal_order_of_their_keys()
    {
        var runs = await StoreAsync();
        string[] keys = ["b", "a|2", "a|10", "B", "a", "c|0|1", "ä"];
        await runs.CompactAsync(Partition, new Compaction([.. keys.Select(key => Row(key, 1, 1))], [], 0), default);

        var read = await RowsAsync(runs, Partition, null, null);
        Assert.Equal(keys.Order(StringComparer.Ordinal), read.Select(row => row.Key));
    }

    [Fact]
    public async Task A_range_of_keys_has_its_beginning_and_not_its_end()
    {
        var runs = await StoreAsync();
        await runs.CompactAsync(
            Partition,
            new Compaction([Row("a", 1, 1), Row("b", 1, 2), Row("b|1", 1, 3), Row("c", 1, 4)], [], 0),
            default
        );

        Assert.Equal(["b", "b|1"], (await RowsAsync(runs, Partition, "b", "c")).Select(row => row.Key));
        Assert.Equal(["a"], (await RowsAsync(runs, Partition, null, "b")).Select(row => row.Key));
        Assert.Equal(["b|1", "c"], (await RowsAsync(runs, Partition, "b\0", null)).Select(row => row.Key));
        Assert.Equal(["b"], (await RowsAsync(runs, Partition, "b", "b\0")).Select(row => row.Key));
        Assert.Empty(await RowsAsync(runs, Partition, "b", "b"));
    }

    [Fact]
    public async Task Compaction_puts_replaces_and_deletes_rows_and_removes_runs()
    {
        var runs = await StoreAsync();
        var first = await runs.AppendAsync(Partition, Bytes(1), default);
        var second = await runs.AppendAsync(Partition, Bytes(2), default);
        await runs.CompactAsync(Partition, new Compaction([Row("a", first, 1), Row("b", first, 1)], [], 0), default);
        Assert.Equal(2, (await RunsAsync(runs, Partition, 0)).Count);

        await runs.CompactAsync(Partition, new Compaction([Row("b", second, 2), Row("c", second, 2)], ["a", "absent"], first), default);

        Assert.Equal(second, Assert.Single(await RunsAsync(runs, Partition, 0)).Sequence);
        var rows = await RowsAsync(runs, Partition, null, null);
        Assert.Equal([("b", second, 2), ("c", second, 2)], rows.Select(row => (row.Key, row.Sequence, (int)row.Payload.Span[0])));
    }

    [Fact]
    public async Task A_compaction_may_be_repeated()
    {
        var runs = await StoreAsync();
        var first = await runs.AppendAsync(Partition, Bytes(1), default);
        var compaction = new Compaction([Row("b", first, 2)], ["a"], first);
        await runs.CompactAsync(Partition, compaction, default);
        await runs.CompactAsync(Partition, compaction, default);

        Assert.Empty(await RunsAsync(runs, Partition, 0));
        Assert.Equal("b", Assert.Single(await RowsAsync(runs, Partition, null, null)).Key);
    }

    [Fact]
    public async Task Sequences_go_on_growing_when_all_runs_have_been_removed()
    {
        var runs = await StoreAsync();
        var first = await runs.AppendAsync(Partition, Bytes(1), default);
        await runs.CompactAsync(Partition, new Compaction([], [], first), default);
        var second = await runs.AppendAsync(Partition, Bytes(2), default);
        await runs.CompactAsync(Partition, new Compaction([], [], second), default);
        store = await ReopenAsync(runs);
        var third = await store.AppendAsync(Partition, Bytes(3), default);

        Assert.True(first < second && second < third);
    }

    [Fact]
    public async Task The_sealed_version_changes_with_the_rows_and_not_with_the_runs()
    {
        var runs = await StoreAsync();
        var before = await runs.GetSealedVersionAsync(Partition, default);
        await runs.AppendAsync(Partition, Bytes(1), default);
        Assert.Equal(before, await runs.GetSealedVersionAsync(Partition, default));

        var seen = new HashSet<long> { before };
        await runs.CompactAsync(Partition, new Compaction([Row("a", 1, 1)], [], 0), default);
        Assert.True(seen.Add(await runs.GetSealedVersionAsync(Partition, default)));
        await runs.CompactAsync(Partition, new Compaction([Row("a", 2, 1)], [], 0), default);
        Assert.True(seen.Add(await runs.GetSealedVersionAsync(Partition, default)));
        await runs.CompactAsync(Partition, new Compaction([], ["a"], 0), default);
        Assert.True(seen.Add(await runs.GetSealedVersionAsync(Partition, default)));
    }

    [Fact]
    public async Task Everything_is_there_after_reopening()
    {
        var runs = await StoreAsync();
        await runs.AppendAsync(Partition, Bytes(1), default);
        var second = await runs.AppendAsync(Partition, Bytes(2), default);
        await runs.CompactAsync(Partition, new Compaction([Row("a", 7, 3)], [], second - 1), default);
        var version = await runs.GetSealedVersionAsync(Partition, default);
        store = await ReopenAsync(runs);

        Assert.Equal(second, Assert.Single(await RunsAsync(store, Partition, 0)).Sequence);
        Assert.Equal(7, Assert.Single(await RowsAsync(store, Partition, null, null)).Sequence);
        Assert.Equal(version, await store.GetSealedVersionAsync(Partition, default));
    }

    [Fact]
    public async Task The_largest_payload_is_stored_whole()
    {
        var runs = await StoreAsync();
        var largest = new byte[IRunStore.MaxPayload];
        new Random(1).NextBytes(largest);
        await runs.AppendAsync(Partition, largest, default);
        await runs.CompactAsync(Partition, new Compaction([new SealedRow("a", 1, largest)], [], 0), default);

        Assert.Equal(largest, Assert.Single(await RunsAsync(runs, Partition, 0)).Payload.ToArray());
        Assert.Equal(largest, Assert.Single(await RowsAsync(runs, Partition, null, null)).Payload.ToArray());
    }

    [Fact]
    public async Task A_compaction_of_many_rows_is_applied_whole()
    {
        var runs = await StoreAsync();
        var keys = Enumerable.Range(0, 750).Select(i => $"r|{i:x8}").ToList();
        await runs.CompactAsync(Partition, new Compaction([.. keys.Select(key => Row(key, 1, 1))], [], 0), default);
        Assert.Equal(keys, (await RowsAsync(runs, Partition, null, null)).Select(row => row.Key));

        await runs.CompactAsync(Partition, new Compaction([Row("s", 2, 2)], keys, 0), default);
        Assert.Equal("s", Assert.Single(await RowsAsync(runs, Partition, null, null)).Key);
    }

    [Fact]
    public async Task A_reader_that_follows_concurrent_writers_misses_no_run()
    {
        var runs = await StoreAsync();
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteManyAsync(runs, (byte)writer))).ToList();
        var (cursor, seen) = (0L, new List<long>());
        while (!writers.TrueForAll(writer => writer.IsCompleted))
        {
            await FollowAsync();
        }

        await FollowAsync();
        Assert.Equal(100, seen.Count);
        Assert.Equal((await Task.WhenAll(writers)).SelectMany(sequences => sequences).Order(), seen);

        async Task FollowAsync()
        {
            foreach (var run in await RunsAsync(runs, Partition, cursor))
            {
                Assert.True(run.Sequence > cursor);
                cursor = run.Sequence;
                seen.Add(cursor);
            }

            await Task.Yield();
        }
    }

    private static async Task<List<long>> WriteManyAsync(IRunStore runs, byte writer)
    {
        var sequences = new List<long>();
        for (byte i = 0; i < 25; i++)
        {
            var sequence = await runs.AppendAsync(Partition, Bytes(writer, i), default);
            Assert.True(sequences.Count == 0 || sequence > sequences[^1]);
            sequences.Add(sequence);
        }

        return sequences;
    }

    private async ValueTask<IRunStore> StoreAsync() => store ??= await CreateAsync();

    private static byte[] Bytes(params byte[] bytes) => bytes;

    private static SealedRow Row(string key, long sequence, byte content) => new(key, sequence, new[] { content });

    // What an adapter hands out may be a buffer that it reuses for the next one.
    private static async Task<List<StoredRun>> RunsAsync(IRunStore runs, SeriesPartition partition, long after)
    {
        var all = new List<StoredRun>();
        await foreach (var run in runs.ReadRunsAsync(partition, after, default))
        {
            all.Add(run with { Payload = run.Payload.ToArray() });
        }

        return all;
    }

    private static async Task<List<SealedRow>> RowsAsync(IRunStore runs, SeriesPartition partition, string? from, string? to)
    {
        var all = new List<SealedRow>();
        await foreach (var row in runs.ReadSealedAsync(partition, from, to, default))
        {
            all.Add(row with { Payload = row.Payload.ToArray() });
        }

        return all;
    }
}
