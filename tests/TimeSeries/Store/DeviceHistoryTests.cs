using Serverless.Contracts.Series;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

public sealed class DeviceHistoryTests : IAsyncDisposable
{
    private static readonly Guid Device = new("01a20027-c75a-73b9-ab19-39cd5f56a57e");
    private static readonly TagSet Tags = TagSet.Of("uuid", Device.ToString());

    private readonly SeriesStore store;

    public DeviceHistoryTests() => store = new SeriesStore(new MemoryRunStore(), TimeProvider.System);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Fields_of_one_time_are_one_row(bool descending, bool compacted)
    {
        // Two fields of one measurement, one of another, another device's, and a field that changes its type.
        await store.WriteAsync(
            "t",
            "iot",
            [
                .. Enumerable.Range(0, 5000).Select(i => new Point("a", Tags, "x", i, FieldValue.Of((double)i))),
                .. Enumerable.Range(0, 2500).Select(i => new Point("a", Tags, "y", i * 2, FieldValue.Of(i % 2 == 0))),
                .. Enumerable
                    .Range(0, 100)
                    .Select(i => new Point("b", Tags, "value", i * 50, i < 50 ? FieldValue.Of((long)i) : FieldValue.Of($"{i}"))),
                new Point("a", TagSet.Of("uuid", "other"), "x", 7, FieldValue.Of(-1.0)),
            ],
            default
        );
        if (compacted)
        {
            await store.CompactAsync("t", "iot", default);
        }

        var rows = await ReadAsync([("a", "x"), ("b", "value"), ("a", "y"), ("c", "none"), ("a", "none")], 10, 4990, descending);

        var expected = Enumerable.Range(10, 4980).Select(Row).ToList();
        if (descending)
        {
            expected.Reverse();
        }

        Assert.Equal(expected, rows);
    }

    [Fact]
    public async Task The_ends_of_time_are_in_their_places()
    {
        await store.WriteAsync(
            "t",
            "iot",
            [
                new Point("a", Tags, "x", long.MinValue, FieldValue.Of(1.0)),
                new Point("a", Tags, "y", long.MaxValue - 1, FieldValue.Of(2.0)),
                new Point("b", Tags, "x", 0, FieldValue.Of(3.0)),
            ],
            default
        );
        (string, string)[] fields = [("a", "y"), ("b", "x"), ("a", "x")];

        Assert.Equal(["a.x=1", "b.x=3", "a.y=2"], (await ReadAsync(fields, long.MinValue, long.MaxValue, false)).Select(ValuesOf));
        Assert.Equal(["a.y=2", "b.x=3", "a.x=1"], (await ReadAsync(fields, long.MinValue, long.MaxValue, true)).Select(ValuesOf));
        Assert.Empty(await ReadAsync(fields, 5, 5, false));
        Assert.Empty(await ReadAsync([], long.MinValue, long.MaxValue, false));
    }

    [Fact]
    public async Task The_newest_value_of_each_field()
    {
        await store.WriteAsync(
            "t",
            "iot",
            [
                new Point("a", Tags, "x", 1, FieldValue.Of(1.0)),
                new Point("a", Tags, "x", 5, FieldValue.Of(5.0)),
                new Point("b", Tags, "x", 3, FieldValue.Of("on")),
            ],
            default
        );

        var last = await new DeviceHistory(store).LastAsync("t", Device, [("b", "x"), ("a", "x"), ("c", "x")], default);

        Assert.Equal([(3, new HistoryValue("b", "x", FieldValue.Of("on"))), (5, new HistoryValue("a", "x", FieldValue.Of(5.0)))], last);
    }

    private static string Row(int i)
    {
        var values = new List<string> { $"a.x={i}" };
        if (i % 50 == 0)
        {
            values.Add(i < 2500 ? $"b.value={i / 50}i" : $"b.value={i / 50}");
        }

        if (i % 2 == 0)
        {
            values.Add($"a.y={(i % 4 == 0 ? "true" : "false")}");
        }

        return $"{i}: {string.Join(' ', values)}";
    }

    private static string ValuesOf(string row) => row[(row.IndexOf(':', StringComparison.Ordinal) + 2)..];

    private async Task<List<string>> ReadAsync((string, string)[] fields, long from, long to, bool descending)
    {
        var rows = new List<string>();
        await foreach (var row in new DeviceHistory(store).ReadAsync("t", Device, fields, from, to, descending, default))
        {
            rows.Add($"{row.Time}: {string.Join(' ', row.Values.Select(value => $"{value.Measurement}.{value.Field}={value.Value}"))}");
        }

        return rows;
    }
}
