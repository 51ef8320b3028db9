using Serverless.Contracts.Series;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

/// <summary>What compresses well, is long or is many: the store must be able to read and to seal whatever it accepted.</summary>
public sealed class LimitTests
{
    private static readonly TagSet Device = TagSet.Of("uuid", "d1");

    private readonly MemoryRunStore runs = new();
    private readonly ManualTime time = new();

    [Fact]
    public async Task Long_texts_that_compress_well_are_read_back()
    {
        await using (var store = New())
        {
            var text = new string('x', 1_000_000);
            await store.WriteAsync("t", "iot", [.. Enumerable.Range(0, 80).Select(i => Point(i, FieldValue.Of(text + i)))], default);
        }

        await using var fresh = New();
        Assert.Equal(80, (await fresh.ReadAllAsync("temp", Device, "value")).Count);
        await fresh.CompactAsync("t", "iot", default);
        Assert.Equal(80, (await fresh.ReadAllAsync("temp", Device, "value")).Count);
    }

    [Theory]
    [InlineData(300_000, true)]
    [InlineData(2_000_000, false)]
    public async Task A_name_that_no_row_could_hold_is_refused_before_it_is_written(int length, bool accepted)
    {
        await using var store = New();
        var name = new string('a', length);
        var point = new Point(name, Device, "value", 0, FieldValue.Of(1));

        var write = store.WriteAsync("t", "iot", [Point(1, FieldValue.Of(1)), point], default);
        Assert.Equal(!accepted, await Record.ExceptionAsync(() => write) is ArgumentException);

        await store.CompactAsync("t", "iot", default);
        Assert.Equal(accepted ? 1 : 0, (await store.ReadAllAsync(name, Device, "value")).Count);
    }

    [Fact]
    public async Task More_deletions_than_one_row_of_the_catalogue_holds_are_sealed()
    {
        await using (var store = New())
        {
            await store.WriteAsync("t", "iot", [Point(1, FieldValue.Of(1)), Point(2, FieldValue.Of(2))], default);
            for (var i = 0; i < 8000; i++)
            {
                await store.EraseAsync(
                    "t",
                    "iot",
                    TagSet.Of(
                        "uuid",
                        $"a device whose name is rather long, as names of devices may well be, so that few of them fill a row {i}"
                    ),
                    default
                );
            }

            await store.DeleteAsync("t", "iot", default, 1, 2, default);
            await store.CompactAsync("t", "iot", default);
            Assert.Equal(2, Assert.Single(await store.ReadAllAsync("temp", Device, "value")).Time);
        }

        await using var fresh = New();
        Assert.Equal(2, Assert.Single(await fresh.ReadAllAsync("temp", Device, "value")).Time);
    }

    [Fact]
    public async Task A_series_of_more_fields_than_one_row_of_the_catalogue_holds_is_sealed()
    {
        var random = new Random(1);
        var names = Enumerable.Range(0, 8_000).Select(_ => Convert.ToBase64String(Bytes(random, 120))).ToList();
        await using (var store = New())
        {
            await store.WriteAsync(
                "t",
                "iot",
                [.. names.Select((name, i) => new Point("temp", Device, name, i, FieldValue.Of(i)))],
                default
            );
            await store.CompactAsync("t", "iot", default);
        }

        await using var fresh = New();
        Assert.Equal(names.Count, Assert.Single(await fresh.FindSeriesAsync("t", "iot", null, null, default)).Fields.Count);
        Assert.Equal(4711, Assert.Single(await fresh.ReadAllAsync("temp", Device, names[4711])).Time);
    }

    private SeriesStore New() => new(runs, time);

    private static Point Point(long time, FieldValue value) => new("temp", Device, "value", time, value);

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
