using Serverless.Contracts.Series;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

public sealed class ChunkTests : IAsyncDisposable
{
    private static readonly TagSet Device = TagSet.Of("uuid", "d1");

    private readonly SeriesStore store = new(new MemoryRunStore(), TimeProvider.System, new SeriesOptions { BlockPoints = 100 });

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData(0, 3000, 0, 299)]
    [InlineData(5, 995, 1, 99)]
    [InlineData(10, 991, 1, 99)]
    [InlineData(1001, 1009, 0, -1)]
    [InlineData(1000, 1001, 100, 100)]
    [InlineData(2985, long.MaxValue, 299, 299)]
    public async Task Times_at_equal_distances_are_known_by_their_step(long from, long to, int first, int last)
    {
        await WriteAsync(Enumerable.Range(0, 300).Select(i => i * 10L));

        var chunks = await store.ScanAsync("t", "iot", "m", Device, "a", from, to, false, default).ToListAsync();

        Assert.All(chunks, chunk => Assert.Equal(10, chunk.Step));
        Assert.All(chunks, chunk => Assert.Equal((chunk.Times.Span[0], chunk.Times.Span[^1]), (chunk.MinTime, chunk.MaxTime)));
        var times = Enumerable.Range(first, last - first + 1).Select(i => i * 10L).ToList();
        Assert.Equal(times, chunks.SelectMany(chunk => chunk.Times.ToArray()));
        Assert.Equal(times.Select(time => time / 10.0), chunks.SelectMany(chunk => chunk.Floats.ToArray()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_part_of_a_block_of_other_times_is_cut_out(bool descending)
    {
        await WriteAsync(Enumerable.Range(0, 300).Select(i => (long)i * i));

        var chunks = await store.ScanAsync("t", "iot", "m", Device, "a", 50, 40_001, descending, default).ToListAsync();

        Assert.All(chunks, chunk => Assert.Null(chunk.Step));
        Assert.Equal([92, 100, 1], descending ? chunks.Select(chunk => chunk.Count).Reverse() : chunks.Select(chunk => chunk.Count));
        Assert.Equal(64, chunks.Min(chunk => chunk.MinTime));
        Assert.Equal(40_000, chunks.Max(chunk => chunk.MaxTime));
        Assert.Equal([true, false, true], chunks.Select(chunk => chunk.Statistics is null));
    }

    [Fact]
    public async Task Values_through_a_buffer_are_those_that_are_remembered()
    {
        await WriteAsync(Enumerable.Range(0, 300).Select(i => i * 10L));
        var (floats, integers) = (new double[ColumnChunk.MostDecoded], new long[ColumnChunk.MostDecoded]);

        await foreach (var chunk in store.ScanAsync("t", "iot", "m", Device, "a", 55, 2505, false, default))
        {
            var read = chunk.ReadFloats(floats).ToArray();
            Assert.Throws<InvalidCastException>(() => chunk.ReadIntegers(integers));
            Assert.Equal(chunk.Floats.ToArray(), read);
            Assert.Equal(read, chunk.ReadFloats(floats).ToArray());
        }

        await foreach (var chunk in store.ScanAsync("t", "iot", "m", Device, "b", 55, 2505, false, default))
        {
            Assert.Equal(chunk.ReadIntegers(integers).ToArray(), chunk.Integers.ToArray());
        }
    }

    [Fact]
    public async Task Fields_that_were_written_together_share_the_memory_of_their_times()
    {
        await WriteAsync(Enumerable.Range(0, 100).Select(i => (long)i * i));

        var a = await store.ScanAsync("t", "iot", "m", Device, "a", 0, long.MaxValue, false, default).SingleAsync();
        var b = await store.ScanAsync("t", "iot", "m", Device, "b", 0, long.MaxValue, false, default).SingleAsync();

        Assert.Equal(a.Times, b.Times);
    }

    [Fact]
    public async Task A_chunk_stays_as_it_is_while_more_is_written()
    {
        await store.WriteAsync("t", "iot", [At(1), At(2), At(3)], default);
        var chunk = await store.ScanAsync("t", "iot", "m", Device, "a", 2, long.MaxValue, false, default).SingleAsync();

        await store.WriteAsync("t", "iot", [At(4), At(5), At(0)], default);
        await store.ReadAllAsync("m", Device, "a");
        await store.DeleteAsync("t", "iot", default, 0, 4, default);

        Assert.Equal([2, 3], chunk.Times.ToArray());
        Assert.Equal([0.2, 0.3], chunk.Floats.ToArray());
        Assert.Equal([4, 5], (await store.ReadAllAsync("m", Device, "a")).Select(point => point.Time));
    }

    [Fact]
    public async Task Live_points_before_and_after_a_sealed_row_come_in_their_order()
    {
        await WriteAsync(Enumerable.Range(10, 50).Select(i => (long)i));
        await store.WriteAsync("t", "iot", [At(5), At(70), At(80)], default);

        var chunks = await store.ScanAsync("t", "iot", "m", Device, "a", 5, 80, true, default).ToListAsync();

        Assert.Equal([(70, 1), (10, 50), (5, 1)], chunks.Select(chunk => (chunk.MinTime, chunk.Count)));
    }

    [Fact]
    public async Task A_described_series_is_read_by_its_description()
    {
        await WriteAsync([1, 2]);
        var series = Assert.Single(await store.FindSeriesAsync("t", "iot", "m", null, default));
        await store.WriteAsync("t", "iot", [At(3)], default);

        Assert.Equal(3, await store.ScanAsync(series, "a", 0, long.MaxValue, false, default).Select(chunk => chunk.Count).SumAsync());
        Assert.Equal(new TimedValue(3, FieldValue.Of(0.3)), await store.LastAsync(series, "a", default));
        Assert.Equal(0, await store.ScanAsync(series, "a", 5, 5, false, default).CountAsync());
        var made = new SeriesInfo("m", Device, [], 0, 1);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.LastAsync(made, "a", default));
    }

    [Fact]
    public async Task A_description_follows_what_is_written_sealed_and_deleted()
    {
        await WriteAsync([10, 20]);
        Assert.Equal((10, 20, "a b"), await DescribedAsync());
        await store.WriteAsync("t", "iot", [At(5), new Point("m", Device, "c", 30, FieldValue.Of(true))], default);
        Assert.Equal((5, 30, "a b c"), await DescribedAsync());
        await store.CompactAsync("t", "iot", default);
        Assert.Equal((5, 30, "a b c"), await DescribedAsync());
        await store.DeleteAsync("t", "iot", default, 0, long.MaxValue, default);
        Assert.Empty(await store.FindSeriesAsync("t", "iot", "m", null, default));
        await store.WriteAsync("t", "iot", [At(7)], default);
        await store.CompactAsync("t", "iot", default);
        Assert.Equal((7, 7, "a b c"), await DescribedAsync());
        Assert.Empty(await store.FindSeriesAsync("t", "iot", "n", null, default));
    }

    private async Task<(long Min, long Max, string Fields)> DescribedAsync()
    {
        var series = Assert.Single(await store.FindSeriesAsync("t", "iot", "m", null, default));
        return (series.MinTime, series.MaxTime, string.Join(' ', series.Fields.Select(field => field.Name)));
    }

    /// <summary>Field a is a tenth of the time, b the time.</summary>
    private async Task WriteAsync(IEnumerable<long> times)
    {
        var points = times.SelectMany(time => new[] { At(time), new Point("m", Device, "b", time, FieldValue.Of(time)) });
        await store.WriteAsync("t", "iot", [.. points], default);
        await store.CompactAsync("t", "iot", default);
    }

    private static Point At(long time) => new("m", Device, "a", time, FieldValue.Of(time / 10.0));
}
