using Serverless.Contracts.Series;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Catalogue;

namespace Serverless.TimeSeries.Tests.Store;

public sealed class DeletionTests : IAsyncDisposable
{
    private const long Day = 86_400_000_000_000;

    private static readonly SeriesPartition Partition = new("t", "iot", 0);
    private static readonly TagSet Device = TagSet.Of("uuid", "d1");
    private static readonly TagSet Other = TagSet.Of("uuid", "d2");

    private readonly MemoryRunStore runs = new();
    private readonly ManualTime time = new();
    private readonly SeriesStore store;

    public DeletionTests() => store = new SeriesStore(runs, time);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_devices_data_is_deleted_and_nobody_elses(bool compacted)
    {
        await WriteAsync(Device, 0, 10);
        await WriteAsync(Other, 0, 10);
        if (compacted)
        {
            await store.CompactAsync("t", "iot", default);
        }

        await store.DeleteAsync("t", "iot", new SeriesSelector(null, Device), long.MinValue, long.MaxValue, default);

        Assert.Empty(await store.ReadAllAsync("temp", Device, "value"));
        Assert.Null(await store.GetSeriesAsync("t", "iot", "temp", Device, default));
        Assert.Equal(Other, Assert.Single(await store.FindSeriesAsync("t", "iot", null, null, default)).Tags);
        Assert.Equal(10, (await store.ReadAllAsync("temp", Other, "value")).Count);
    }

    [Fact]
    public async Task Of_deletions_that_go_further_and_further_one_is_remembered()
    {
        await WriteAsync(Device, 0, 30);
        await store.DeleteAsync("t", "iot", new SeriesSelector("temp", Device), 25 * Day, 26 * Day, default);
        for (var day = 1; day < 20; day++)
        {
            await store.ApplyRetentionAsync("t", "iot", day * Day, default);
        }

        var manifest = await Manifest.ReadAsync(runs, Partition, default);
        Assert.Equal([19 * Day - 1, 26 * Day - 1], manifest.Tombstones.Select(tombstone => tombstone.To).Order());
        Assert.Equal([19, 20, 21, 22, 23, 24, 26, 27, 28, 29], await DaysAsync(store));
        await using var reopened = new SeriesStore(runs, time);
        Assert.Equal([19, 20, 21, 22, 23, 24, 26, 27, 28, 29], await DaysAsync(reopened));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_written_after_a_deletion_at_the_same_times_is_seen(bool compacted)
    {
        await WriteAsync(Device, 0, 10);
        await store.CompactAsync("t", "iot", default);
        await store.DeleteAsync("t", "iot", default, 2 * Day, 8 * Day, default);
        if (compacted)
        {
            await store.CompactAsync("t", "iot", default);
        }

        await WriteAsync(Device, 4, 2);
        Assert.Equal([0, 1, 4, 5, 8, 9], await DaysAsync(store));
        await store.CompactAsync("t", "iot", default);
        Assert.Equal([0, 1, 4, 5, 8, 9], await DaysAsync(store));
        await using var reopened = new SeriesStore(runs, time);
        Assert.Equal([0, 1, 4, 5, 8, 9], await DaysAsync(reopened));
    }

    [Fact]
    public async Task A_deletion_takes_the_bytes_with_the_next_compaction()
    {
        await WriteAsync(Device, 0, 10);
        await WriteAsync(Other, 0, 10);
        await store.CompactAsync("t", "iot", default);
        Assert.Equal(2, RowCount());

        await store.DeleteAsync("t", "iot", new SeriesSelector("temp", Device), long.MinValue, long.MaxValue, default);
        await store.CompactAsync("t", "iot", default);
        Assert.Equal(1, RowCount());
    }

    [Fact]
    public async Task Retention_removes_what_is_older_and_writes_nothing_where_nothing_is()
    {
        await WriteAsync(Device, 0, 10);
        await store.ApplyRetentionAsync("t", "iot", 7 * Day, default);
        Assert.Equal([7, 8, 9], await DaysAsync(store));
        var rows = runs.Rows(Partition).Select(row => row.Key).ToList();

        await store.ApplyRetentionAsync("t", "iot", 7 * Day, default);
        Assert.Equal(rows, runs.Rows(Partition).Select(row => row.Key));
        Assert.Equal(0, runs.RunCount(Partition));
    }

    [Fact]
    public async Task Retention_drops_whole_rows_without_reading_them()
    {
        await WriteAsync(Device, 0, 3);
        await store.CompactAsync("t", "iot", default);
        await WriteAsync(Device, 1500, 3);
        await store.CompactAsync("t", "iot", default);
        await using var fresh = new SeriesStore(runs, time);
        await fresh.FindSeriesAsync("t", "iot", null, null, default);
        var rows = RowCount();

        await fresh.ApplyRetentionAsync("t", "iot", 1400 * Day, default);
        Assert.Equal(rows - 1, RowCount());
        Assert.Equal([1500, 1501, 1502], await DaysAsync(fresh));
    }

    [Fact]
    public async Task A_database_that_was_erased_takes_no_bytes_and_may_be_written_again()
    {
        await WriteAsync(Device, 0, 10);
        await store.CompactAsync("t", "iot", default);
        await WriteAsync(Other, 0, 10);
        await store.EraseAsync("t", "iot", TagSet.Empty, default);
        await store.CompactAsync("t", "iot", default);

        Assert.Empty(await store.FindSeriesAsync("t", "iot", null, null, default));
        Assert.Equal((0, 0), (RowCount(), runs.RunCount(Partition)));
        await WriteAsync(Device, 3, 1);
        Assert.Equal([3], await DaysAsync(store));
    }

    [Fact]
    public async Task Deletions_are_forgotten_after_a_day()
    {
        await WriteAsync(Device, 0, 10);
        await store.DeleteAsync("t", "iot", default, 0, Day, default);
        await store.CompactAsync("t", "iot", default);
        var remembered = CatalogueBytes();
        time.Advance(TimeSpan.FromHours(25));
        for (var i = 0; i < 12; i++)
        {
            await WriteAsync(Device, 1 + i, 1);
            await store.CompactAsync("t", "iot", default);
        }

        Assert.True(CatalogueBytes() > 0 && remembered > 0);
        Assert.DoesNotContain(Catalogue(), edit => edit.Tombstones.Length > 0);
    }

    private int RowCount() => runs.Rows(Partition).Count(row => row.Key.StartsWith('r'));

    private int CatalogueBytes() => runs.Rows(Partition).Where(row => row.Key.StartsWith('c')).Sum(row => row.Payload.Length);

    private IEnumerable<TimeSeries.Catalogue.ManifestEdit> Catalogue() =>
        runs.Rows(Partition).Where(row => row.Key.StartsWith('c')).Select(row => TimeSeries.Catalogue.ManifestEdit.Read(row.Payload.Span));

    private static async Task<IEnumerable<long>> DaysAsync(SeriesStore store) =>
        (await store.ReadAllAsync("temp", Device, "value")).Select(point => point.Time / Day);

    private Task WriteAsync(TagSet tags, int firstDay, int days) =>
        store.WriteAsync(
            "t",
            "iot",
            [.. Enumerable.Range(firstDay, days).Select(day => new Point("temp", tags, "value", day * Day, FieldValue.Of(day / 2.0)))],
            default
        );
}
