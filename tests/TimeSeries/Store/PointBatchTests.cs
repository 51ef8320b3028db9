using Serverless.Contracts.Series;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

public sealed class PointBatchTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public async Task A_batch_is_stored_as_its_points_one_by_one_are(int seed, bool mixed)
    {
        var points = Points(new Random(seed), mixed);
        var batch = BatchOf(points);
        Assert.Equal(points, batch);
        Assert.Equal(mixed, batch.IsMixed);
        Assert.Equal(points.Min(point => point.Time), batch.MinTime);

        await using var ofBatch = new SeriesStore(new MemoryRunStore(), TimeProvider.System);
        await using var ofPoints = new SeriesStore(new MemoryRunStore(), TimeProvider.System);
        await ofBatch.WriteAsync("t", "iot", batch, default);
        await ofPoints.WriteAsync("t", "iot", points, default);
        foreach (var series in await ofPoints.FindSeriesAsync("t", "iot", null, null, default))
        {
            foreach (var field in series.Fields.Select(field => field.Name).Distinct())
            {
                Assert.Equal(
                    await ofPoints.ReadAllAsync(series.Measurement, series.Tags, field),
                    await ofBatch.ReadAllAsync(series.Measurement, series.Tags, field)
                );
            }
        }
    }

    [Fact]
    public async Task What_another_process_reads_of_a_batch_is_the_same()
    {
        var runs = new MemoryRunStore();
        await using var writer = new SeriesStore(runs, TimeProvider.System);
        await using var reader = new SeriesStore(runs, TimeProvider.System);
        await writer.WriteAsync("t", "iot", BatchOf(Points(new Random(9), mixed: false)), default);

        foreach (var series in await writer.FindSeriesAsync("t", "iot", "m1", null, default))
        {
            Assert.Equal(
                await writer.ReadAllAsync("m1", series.Tags, series.Fields[0].Name),
                await reader.ReadAllAsync("m1", series.Tags, series.Fields[0].Name)
            );
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_series_may_have_many_fields(bool compacted)
    {
        const int Fields = 300;
        var points = Enumerable
            .Range(0, 2 * Fields)
            .Select(i => new Point("m", TagSet.Empty, $"f{i % Fields}", i / Fields, i < Fields ? FieldValue.Of(i) : FieldValue.Of(i + 0.5)))
            .ToList();
        await using var store = new SeriesStore(new MemoryRunStore(), TimeProvider.System);
        await store.WriteAsync("t", "iot", points[..Fields], default);
        await (compacted ? store.CompactAsync("t", "iot", default) : Task.CompletedTask);
        await store.WriteAsync("t", "iot", BatchOf(points), default);
        await store.DeleteAsync("t", "iot", default, 0, 1, default);
        await store.WriteAsync("t", "iot", points[..10], default);
        await (compacted ? store.CompactAsync("t", "iot", default) : Task.CompletedTask);

        var series = Assert.Single(await store.FindSeriesAsync("t", "iot", "m", null, default));
        Assert.Equal(series.Fields, series.Fields.Distinct().Order(Comparer<FieldInfo>.Create(FieldInfo.Order)));
        for (var i = 0; i < Fields; i++)
        {
            var expected = i < 10 ? new[] { points[i], points[i + Fields] } : [points[i + Fields]];
            var read = await store.ReadAllAsync("m", TagSet.Empty, $"f{i}");
            Assert.Equal(expected.Select(point => point.Value), read.Select(point => point.Value));
        }
    }

    [Fact]
    public void Columns_without_points_are_counted_as_such()
    {
        var batch = new PointBatch();
        var series = batch.SeriesOf("m", TagSet.Empty);
        var column = batch.ColumnOf(series, "f", FieldType.Float);
        Assert.Equal(column, batch.ColumnOf(batch.SeriesOf("m", TagSet.Empty), "f", FieldType.Float));
        Assert.Equal(0, batch.CountOf(column));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[0]);
    }

    private static List<Point> Points(Random random, bool mixed)
    {
        var points = new List<Point>();
        for (var i = 0; i < 2000; i++)
        {
            var field = random.Next(4);
            var value = (mixed ? random.Next(4) : field) switch
            {
                0 => FieldValue.Of(random.Next(100) / 10.0),
                1 => FieldValue.Of(random.NextInt64()),
                2 => FieldValue.Of(random.Next(2) == 0),
                _ => FieldValue.Of($"word {random.Next(5)}"),
            };
            points.Add(
                new Point($"m{random.Next(2)}", TagSet.Of("host", $"h{random.Next(3)}"), $"f{field}", random.Next(-100, 100), value)
            );
        }

        return points;
    }

    private static PointBatch BatchOf(List<Point> points)
    {
        var batch = new PointBatch();
        foreach (var point in points)
        {
            var column = batch.ColumnOf(batch.SeriesOf(point.Measurement, point.Tags), point.Field, point.Value.Type);
            switch (point.Value.Type)
            {
                case FieldType.Float:
                    batch.Add(column, point.Time, BitConverter.DoubleToInt64Bits(point.Value.Float));
                    break;
                case FieldType.Integer:
                    batch.Add(column, point.Time, point.Value.Integer);
                    break;
                case FieldType.Boolean:
                    batch.Add(column, point.Time, point.Value.Boolean ? 1 : 0);
                    break;
                default:
                    batch.Add(column, point.Time, point.Value.Text);
                    break;
            }
        }

        return batch;
    }
}
