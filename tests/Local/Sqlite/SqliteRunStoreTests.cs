using Serverless.Domain.Series;
using Serverless.Local.Sqlite;

namespace Serverless.Local.Tests.Sqlite;

public sealed class SqliteRunStoreTests : IAsyncDisposable
{
    private static readonly SeriesPartition Partition = new("acme", "iot", 3);

    private readonly SqliteFixture fixture = new();
    private readonly SqliteRunStore store;

    public SqliteRunStoreTests() => store = new SqliteRunStore(fixture.Database);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task A_reader_sees_the_snapshot_it_began_with_while_compaction_goes_on()
    {
        var first = await store.AppendAsync(Partition, new byte[] { 1 }, Cancellation);
        var last = await store.AppendAsync(Partition, new byte[] { 2 }, Cancellation);
        var seen = new List<long>();

        await foreach (var run in store.ReadRunsAsync(Partition, 0, Cancellation))
        {
            seen.Add(run.Sequence);
            await store.CompactAsync(Partition, new Compaction([new SealedRow("a", last, new byte[] { 1, 2 })], [], last), Cancellation);
        }

        Assert.Equal([first, last], seen);
        Assert.Empty(await store.ReadRunsAsync(Partition, 0, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_sequence_is_not_given_again_after_its_run_was_compacted()
    {
        var gone = await store.AppendAsync(Partition, new byte[] { 1 }, Cancellation);
        await store.CompactAsync(Partition, new Compaction([], [], gone), Cancellation);

        Assert.True(await store.AppendAsync(Partition, new byte[] { 2 }, Cancellation) > gone);
    }

    [Fact]
    public async Task The_sealed_version_changes_with_the_sealed_rows_alone()
    {
        var before = await store.GetSealedVersionAsync(Partition, Cancellation);
        await store.AppendAsync(Partition, new byte[] { 1 }, Cancellation);
        Assert.Equal(before, await store.GetSealedVersionAsync(Partition, Cancellation));

        await store.CompactAsync(Partition, new Compaction([new SealedRow("a", 1, new byte[] { 1 })], [], 1), Cancellation);

        Assert.NotEqual(before, await store.GetSealedVersionAsync(Partition, Cancellation));
    }

    [Fact]
    public async Task Sealed_rows_are_read_by_range_in_order()
    {
        SealedRow Row(string key) => new(key, 1, System.Text.Encoding.UTF8.GetBytes(key));
        await store.CompactAsync(Partition, new Compaction([Row("c"), Row("a"), Row("b"), Row("")], [], 0), Cancellation);
        await store.CompactAsync(Partition, new Compaction([Row("d")], ["c"], 0), Cancellation);

        async Task<string> Keys(string? from, string? to) =>
            string.Join(
                ' ',
                (await store.ReadSealedAsync(Partition, from, to, Cancellation).ToListAsync(Cancellation)).Select(row => row.Key)
            );

        Assert.Equal(" a b d", await Keys(null, null));
        Assert.Equal("a b", await Keys("a", "d"));
        Assert.Equal("", await Keys("b", "b"));
    }

    [Fact]
    public async Task Partitions_that_hold_anything_are_listed()
    {
        var other = Partition with { Tenant = "other" };
        var emptied = Partition with { Shard = 9 };
        await store.AppendAsync(Partition, Array.Empty<byte>(), Cancellation);
        await store.AppendAsync(other, new byte[IRunStore.MaxPayload], Cancellation);
        var gone = await store.AppendAsync(emptied, new byte[] { 1 }, Cancellation);
        await store.CompactAsync(emptied, new Compaction([], [], gone), Cancellation);

        Assert.Equal([Partition, other], await store.ListPartitionsAsync(null, Cancellation).ToListAsync(Cancellation));
        Assert.Equal([other], await store.ListPartitionsAsync("other", Cancellation).ToListAsync(Cancellation));
        Assert.Equal(0, Assert.Single(await store.ReadRunsAsync(Partition, 0, Cancellation).ToListAsync(Cancellation)).Payload.Length);
    }

    [Fact]
    public async Task A_payload_beyond_the_limit_is_refused() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            store.AppendAsync(Partition, new byte[IRunStore.MaxPayload + 1], Cancellation)
        );
}
