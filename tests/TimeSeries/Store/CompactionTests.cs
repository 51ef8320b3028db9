using Serverless.Contracts.Series;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

public sealed class CompactionTests
{
    private const long Second = 1_000_000_000;

    private static readonly SeriesPartition Partition = new("t", "iot", 0);
    private static readonly TagSet Device = TagSet.Of("uuid", "d1");

    private readonly MemoryRunStore runs = new();
    private readonly ManualTime time = new();

    [Fact]
    public async Task A_crash_at_any_step_of_a_compaction_loses_nothing()
    {
        for (var survived = 0; survived < 3; survived++)
        {
            await using var store = New();
            await WriteAsync(store, survived * 100, 100);
            var steps = survived;
            runs.BeforeCompaction = _ => steps-- > 0 ? Task.CompletedTask : throw new StoreUnavailableException("killed");
            await (
                survived < 2
                    ? Assert.ThrowsAsync<StoreUnavailableException>(() => store.CompactAsync("t", "iot", default))
                    : store.CompactAsync("t", "iot", default)
            );
            runs.BeforeCompaction = _ => Task.CompletedTask;

            await using var fresh = New();
            foreach (var one in new[] { store, fresh })
            {
                Assert.Equal(Enumerable.Range(0, (survived + 1) * 100), await SecondsAsync(one));
            }
        }
    }

    [Fact]
    public async Task Two_instances_that_compact_at_the_same_time_lose_nothing()
    {
        await using var first = New();
        await using var second = New();
        await WriteAsync(first, 0, 100);
        await first.CompactAsync("t", "iot", default);
        await WriteAsync(first, 100, 100);
        await second.FindSeriesAsync("t", "iot", null, null, default);
        await WriteAsync(second, 50, 100);

        var entered = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var calls = 0;
        runs.BeforeCompaction = async _ =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                entered.SetResult();
                await goOn.Task;
            }
        };
        var slow = first.CompactAsync("t", "iot", default);
        await entered.Task;
        await WriteAsync(second, 200, 100);
        await second.CompactAsync("t", "iot", default);
        goOn.SetResult();
        await slow;

        await using var fresh = New();
        foreach (var one in new[] { first, second, fresh })
        {
            Assert.Equal(Enumerable.Range(0, 300), await SecondsAsync(one));
            await one.CompactAsync("t", "iot", default);
            Assert.Equal(Enumerable.Range(0, 300), await SecondsAsync(one));
        }
    }

    [Fact]
    public async Task A_compaction_that_began_before_a_deletion_and_ends_after_it_brings_nothing_back()
    {
        await using var first = New();
        await using var second = New();
        await WriteAsync(first, 0, 100);
        var entered = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var calls = 0;
        runs.BeforeCompaction = async _ =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                entered.SetResult();
                await goOn.Task;
            }
        };
        var slow = first.CompactAsync("t", "iot", default);
        await entered.Task;
        await second.DeleteAsync("t", "iot", default, 0, 50 * Second, default);
        await second.CompactAsync("t", "iot", default);
        goOn.SetResult();
        await slow;

        await using var fresh = New();
        foreach (var one in new[] { first, second, fresh })
        {
            Assert.Equal(Enumerable.Range(50, 50), await SecondsAsync(one));
            await one.CompactAsync("t", "iot", default);
            Assert.Equal(Enumerable.Range(50, 50), await SecondsAsync(one));
        }
    }

    [Fact]
    public async Task Writers_readers_and_compactions_may_all_run_at_once()
    {
        await using var store = new SeriesStore(runs, time, new SeriesOptions { MaxLivePoints = 500 });
        await using var other = New();
        var writers = Enumerable
            .Range(0, 4)
            .Select(writer => Task.Run(() => WriteManyAsync(writer % 2 == 0 ? store : other, writer)))
            .ToList();
        while (!writers.TrueForAll(writer => writer.IsCompleted))
        {
            var seconds = await SecondsAsync(other);
            Assert.Equal(seconds.Distinct().Order(), seconds);
            await other.CompactAsync("t", "iot", default);
        }

        await Task.WhenAll(writers);
        Assert.Equal(Enumerable.Range(0, 4000), await SecondsAsync(store));
        Assert.Equal(Enumerable.Range(0, 4000), await SecondsAsync(other));
    }

    [Fact]
    public async Task Sealed_points_take_less_than_3_bytes_and_few_rows()
    {
        await using var store = New();
        for (var hour = 0; hour < 24; hour++)
        {
            await WriteAsync(store, hour * 360, 360, step: 10);
            await store.CompactAsync("t", "iot", default);
        }

        var rows = runs.Rows(Partition).Where(row => row.Key.StartsWith('r')).ToList();
        Assert.InRange(rows.Count, 1, 6);
        Assert.InRange(rows.Sum(row => row.Payload.Length) / 8640.0, 0, 3);
        Assert.Equal(8640, (await SecondsAsync(store)).Count);
    }

    [Fact]
    public async Task Statistics_stand_beside_whole_blocks()
    {
        await using var store = new SeriesStore(runs, time, new SeriesOptions { BlockPoints = 100 });
        await WriteAsync(store, 0, 200);
        await store.CompactAsync("t", "iot", default);
        var chunks = await store.ScanAsync("t", "iot", "temp", Device, "value", 0, 150 * Second, false, default).ToListAsync();

        Assert.Equal([100, 50], chunks.Select(chunk => chunk.Count));
        var statistics = chunks[0].Statistics!.Value;
        Assert.Equal(495.0, statistics.Sum.Float, 6);
        Assert.Equal((0.0, 9.9, 0.0, 9.9), (statistics.Min.Float, statistics.Max.Float, statistics.First.Float, statistics.Last.Float));
        Assert.Null(chunks[1].Statistics);
    }

    [Fact]
    public async Task Maintenance_seals_what_is_old_or_has_many_runs()
    {
        await using var store = new SeriesStore(runs, time, new SeriesOptions { MaxRuns = 3 });
        await WriteAsync(store, 0, 10);
        await store.MaintainAsync(default);
        Assert.Equal(1, runs.RunCount(Partition));

        time.Advance(TimeSpan.FromHours(1));
        await store.MaintainAsync(default);
        Assert.Equal(0, runs.RunCount(Partition));

        for (var i = 0; i < 4; i++)
        {
            await WriteAsync(store, i, 1);
        }

        await store.MaintainAsync(default);
        Assert.Equal(0, runs.RunCount(Partition));
    }

    [Fact]
    public async Task Large_values_are_split_over_runs_and_rows()
    {
        await using var store = New();
        var random = new Random(1);
        var texts = Enumerable.Range(0, 6).Select(_ => Convert.ToBase64String(RandomBytes(random, 300_000))).ToList();
        var points = texts
            .Select((text, i) => new Point("temp", Device, i % 2 == 0 ? "a" : "b", i / 2 * Second, FieldValue.Of(text)))
            .ToList();
        await store.WriteAsync("t", "iot", points, default);
        Assert.True(runs.RunCount(Partition) > 1);
        await store.CompactAsync("t", "iot", default);

        Assert.Equal([texts[0], texts[2], texts[4]], (await store.ReadAllAsync("temp", Device, "a")).Select(point => point.Value.Text));
        Assert.Equal([texts[1], texts[3], texts[5]], (await store.ReadAllAsync("temp", Device, "b")).Select(point => point.Value.Text));
    }

    [Fact]
    public async Task A_value_larger_than_a_run_is_refused()
    {
        await using var store = New();
        var text = Convert.ToBase64String(RandomBytes(new Random(1), 1_500_000));

        var error = await Assert.ThrowsAsync<ArgumentException>(() =>
            store.WriteAsync("t", "iot", [new Point("temp", Device, "value", 0, FieldValue.Of(text))], default)
        );
        Assert.StartsWith("A point of temp takes more than 917504 bytes.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_process_reads_the_catalogue_and_not_the_rows()
    {
        await using (var store = New())
        {
            var points = Enumerable
                .Range(0, 20_000)
                .Select(i => new Point("temp", TagSet.Of("uuid", $"device-{i}"), "value", i, FieldValue.Of(i / 10.0)));
            await store.WriteAsync("t", "iot", [.. points], default);
            await store.CompactAsync("t", "iot", default);
        }

        await using var fresh = New();
        var before = runs.Reads;
        Assert.Equal(20_000, (await fresh.FindSeriesAsync("t", "iot", null, null, default)).Count);
        Assert.InRange(runs.Reads - before, 1, 5);
        var last = await fresh.LastAsync("t", "iot", "temp", TagSet.Of("uuid", "device-4711"), "value", default);
        Assert.Equal(new TimedValue(4711, FieldValue.Of(471.1)), last);
        Assert.InRange(runs.Reads - before, 1, 6);
    }

    [Fact]
    public async Task A_large_catalogue_is_written_anew_when_most_of_it_has_been_superseded()
    {
        await using var store = New();
        var devices = Enumerable.Range(0, 2500).Select(_ => TagSet.Of("uuid", Guid.NewGuid().ToString())).ToList();
        for (var round = 0; round < 14; round++)
        {
            await store.WriteAsync(
                "t",
                "iot",
                [.. devices.Select(device => new Point("t", device, "v", round, FieldValue.Of(1.5)))],
                default
            );
            await store.CompactAsync("t", "iot", default);
        }

        var catalogue = runs.Rows(Partition).Where(row => row.Key.StartsWith('c')).ToList();
        Assert.InRange(catalogue.Count, 1, 9);
        Assert.True(catalogue.Max(row => row.Payload.Length) > 64 << 10);
        Assert.Equal(2500, (await store.FindSeriesAsync("t", "iot", null, null, default)).Count);
    }

    [Fact]
    public async Task Rows_of_a_window_gather_until_they_are_merged()
    {
        await using var store = new SeriesStore(runs, time, new SeriesOptions { MergeRows = 3 });
        var rows = new List<int>();
        for (var i = 0; i < 8; i++)
        {
            await WriteAsync(store, i * 10, 10);
            await store.CompactAsync("t", "iot", default);
            rows.Add(runs.Rows(Partition).Count(row => row.Key.StartsWith('r')));
        }

        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2], rows);
        Assert.Equal(Enumerable.Range(0, 80), await SecondsAsync(store));
    }

    [Fact]
    public async Task A_device_s_window_is_read_whole_where_requests_are_dear()
    {
        string[] measurements = ["a", "b", "c"];
        await using (var writer = new SeriesStore(runs, time, new SeriesOptions { MergeRows = 9 }))
        {
            for (var i = 0; i < 4; i++)
            {
                await writer.WriteAsync(
                    "t",
                    "iot",
                    [.. measurements.Select(name => new Point(name, Device, "v", i, FieldValue.Of(i)))],
                    default
                );
                await writer.CompactAsync("t", "iot", default);
            }
        }

        await using var store = new SeriesStore(runs, time, new SeriesOptions { ReadsWindows = true });
        await store.FindSeriesAsync("t", "iot", null, null, default);
        var before = runs.Reads;
        foreach (var name in measurements)
        {
            Assert.Equal([0L, 1, 2, 3], (await store.ReadAllAsync(name, Device, "v")).Select(point => point.Time));
            Assert.Equal(12, runs.Reads - before);
        }
    }

    private SeriesStore New() => new(runs, time);

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task WriteManyAsync(SeriesStore store, int writer)
    {
        for (var i = 0; i < 20; i++)
        {
            await WriteAsync(store, (writer * 1000) + (i * 50), 50);
        }
    }

    private static async Task<List<int>> SecondsAsync(SeriesStore store) =>
        [.. (await store.ReadAllAsync("temp", Device, "value")).Select(point => (int)(point.Time / Second))];

    private static Task WriteAsync(SeriesStore store, int first, int count, int step = 1) =>
        store.WriteAsync(
            "t",
            "iot",
            [.. Enumerable.Range(first, count).Select(i => new Point("temp", Device, "value", i * step * Second, FieldValue.Of(i / 10.0)))],
            default
        );
}
