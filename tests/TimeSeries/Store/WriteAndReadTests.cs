using Serverless.Contracts.Series;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

public sealed class WriteAndReadTests : IAsyncDisposable
{
    private static readonly TagSet Device = TagSet.Of("uuid", "d1");

    private readonly MemoryRunStore runs = new();
    private readonly SeriesStore store;

    public WriteAndReadTests() => store = new SeriesStore(runs, TimeProvider.System);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_written_is_read_in_order_of_time(bool compacted)
    {
        await store.WriteAsync("t", "iot", [At(3, 3.5), At(1, 1.5), At(2, 2.5)], default);
        await CompactIf(compacted);

        Assert.Equal(
            [(1, FieldValue.Of(1.5)), (2, FieldValue.Of(2.5)), (3, FieldValue.Of(3.5))],
            await store.ReadAllAsync("temp", Device, "value")
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_later_of_two_values_at_one_time_stands(bool compacted)
    {
        await store.WriteAsync("t", "iot", [At(1, 1.5), At(1, 2.5)], default);
        Assert.Equal([(1, FieldValue.Of(2.5))], await store.ReadAllAsync("temp", Device, "value"));
        await CompactIf(compacted);
        await store.WriteAsync("t", "iot", [At(1, 0.5)], default);
        await CompactIf(compacted);

        Assert.Equal([(1, FieldValue.Of(0.5))], await store.ReadAllAsync("temp", Device, "value"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_field_of_two_types_is_read_as_one(bool compacted)
    {
        await store.WriteAsync("t", "iot", [At(1, 1.5), At(2, FieldValue.Of("two")), At(3, 3.5), At(3, FieldValue.Of(3L))], default);
        await CompactIf(compacted);

        Assert.Equal(
            [(1, FieldValue.Of(1.5)), (2, FieldValue.Of("two")), (3, FieldValue.Of(3L))],
            await store.ReadAllAsync("temp", Device, "value")
        );
        var info = await store.GetSeriesAsync("t", "iot", "temp", Device, default);
        Assert.Equal([FieldType.Float, FieldType.Integer, FieldType.String], info!.Fields.Select(field => field.Type));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_last_value_is_that_of_the_last_time_and_not_of_the_last_write(bool compacted)
    {
        await store.WriteAsync("t", "iot", [At(5, 5.5)], default);
        await CompactIf(compacted);
        await store.WriteAsync("t", "iot", [At(4, 4.5)], default);

        Assert.Equal(new TimedValue(5, FieldValue.Of(5.5)), await store.LastAsync("t", "iot", "temp", Device, "value", default));
        await store.WriteAsync("t", "iot", [At(5, 6.5)], default);
        Assert.Equal(new TimedValue(5, FieldValue.Of(6.5)), await store.LastAsync("t", "iot", "temp", Device, "value", default));
    }

    [Fact]
    public async Task What_does_not_exist_is_empty()
    {
        Assert.Empty(await store.FindSeriesAsync("t", "iot", null, null, default));
        Assert.Null(await store.GetSeriesAsync("t", "iot", "temp", Device, default));
        Assert.Null(await store.LastAsync("t", "iot", "temp", Device, "value", default));
        Assert.Empty(await store.ReadAllAsync("temp", Device, "value"));
        await store.CompactAsync("t", "iot", default);
        await store.DeleteAsync("t", "iot", default, 0, 10, default);
        Assert.Empty(await store.FindSeriesAsync("t", "iot", null, null, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_range_has_its_beginning_and_not_its_end(bool compacted)
    {
        await store.WriteAsync("t", "iot", [.. Enumerable.Range(0, 10).Select(i => At(i, i))], default);
        await CompactIf(compacted);

        Assert.Equal([3L, 4, 5], (await store.ReadAllAsync("temp", Device, "value", 3, 6)).Select(point => point.Time));
        Assert.Equal([5L, 4, 3], (await store.ReadAllAsync("temp", Device, "value", 3, 6, descending: true)).Select(point => point.Time));
        Assert.Empty(await store.ReadAllAsync("temp", Device, "value", 6, 6));
    }

    [Fact]
    public async Task Times_at_both_ends_of_the_range_of_64_bits_are_kept()
    {
        await store.WriteAsync("t", "iot", [At(long.MinValue, 1), At(long.MaxValue, 2), At(0, 3)], default);
        await store.CompactAsync("t", "iot", default);

        Assert.Equal([long.MinValue, 0, long.MaxValue], (await store.ReadAllAsync("temp", Device, "value")).Select(point => point.Time));
    }

    [Fact]
    public async Task Points_without_a_measurement_field_or_value_are_refused_and_nothing_is_written()
    {
        Point[] refused = [At(1, 1.0) with { Measurement = "" }, At(1, 1.0) with { Field = "" }, At(1, default(FieldValue))];
        foreach (var point in refused)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync("t", "iot", [At(0, 1.0), point], default));
        }

        Assert.Empty(await store.FindSeriesAsync("t", "iot", null, null, default));
    }

    [Fact]
    public async Task Series_are_found_by_measurement_and_tags()
    {
        var other = TagSet.Of("uuid", "d2");
        await store.WriteAsync("t", "iot", [At(1, 1), At(1, 1) with { Tags = other }], default);
        await store.CompactAsync("t", "iot", default);
        await store.WriteAsync("t", "iot", [At(2, 1) with { Measurement = "hum" }, At(2, 1) with { Field = "max" }], default);

        var all = await store.FindSeriesAsync("t", "iot", null, null, default);
        Assert.Equal([("hum", Device), ("temp", Device), ("temp", other)], all.Select(series => (series.Measurement, series.Tags)));
        Assert.Equal(2, (await store.FindSeriesAsync("t", "iot", "temp", null, default)).Count);
        Assert.Equal(2, (await store.FindSeriesAsync("t", "iot", null, tags => tags["uuid"] == "d1", default)).Count);
        var temp = await store.GetSeriesAsync("t", "iot", "temp", Device, default);
        Assert.Equal(["max", "value"], temp!.Fields.Select(field => field.Name));
        Assert.Equal((1, 2), (temp.MinTime, temp.MaxTime));
    }

    private async Task CompactIf(bool compacted)
    {
        if (compacted)
        {
            await store.CompactAsync("t", "iot", default);
            Assert.Equal(0, runs.RunCount(new SeriesPartition("t", "iot", 0)));
        }
    }

    private static Point At(long time, double value) => At(time, FieldValue.Of(value));

    private static Point At(long time, FieldValue value) => new("temp", Device, "value", time, value);
}
