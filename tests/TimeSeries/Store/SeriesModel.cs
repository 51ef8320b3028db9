using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

/// <summary>A slow and obvious series store to hold the other against.</summary>
internal sealed class SeriesModel
{
    private readonly Dictionary<(SeriesKey Series, string Field), SortedDictionary<long, FieldValue>> fields = [];

    public void Write(IEnumerable<Point> points)
    {
        foreach (var point in points)
        {
            var key = (new SeriesKey(point.Measurement, point.Tags), point.Field);
            if (!fields.TryGetValue(key, out var values))
            {
                fields.Add(key, values = []);
            }

            values[point.Time] = point.Value;
        }
    }

    public void Delete(SeriesSelector selector, long from, long to)
    {
        foreach (var ((series, _), values) in fields)
        {
            if (selector.Matches(series))
            {
                foreach (var time in values.Keys.Where(time => time >= from && time < to).ToList())
                {
                    values.Remove(time);
                }
            }
        }
    }

    public void DeletePoints(SeriesKey series, string field, IEnumerable<long> times)
    {
        if (fields.TryGetValue((series, field), out var values))
        {
            foreach (var time in times)
            {
                values.Remove(time);
            }
        }
    }

    public async Task VerifyAsync(SeriesStore store)
    {
        foreach (var ((series, field), values) in fields)
        {
            var expected = values.Select(value => (value.Key, value.Value)).ToList();
            Assert.Equal(expected, await store.ReadAllAsync(series.Measurement, series.Tags, field));
            expected.Reverse();
            Assert.Equal(expected, await store.ReadAllAsync(series.Measurement, series.Tags, field, descending: true));
            var last = await store.LastAsync("t", "iot", series.Measurement, series.Tags, field, default);
            Assert.Equal(expected.Count == 0 ? null : new TimedValue(expected[0].Key, expected[0].Value), last);
            var (from, to) = expected.Count < 2 ? (0, 1) : (expected[^1].Key + 1, expected[0].Key);
            var inner = await store.ReadAllAsync(series.Measurement, series.Tags, field, from, to);
            Assert.Equal(expected.Where(point => point.Key >= from && point.Key < to).Reverse(), inner);
        }

        var asked = fields.Keys.Select(key => new SeriesField(key.Series.Measurement, key.Series.Tags, key.Field)).ToList();
        var lasts = await store.ReadLastAsync("t", "iot", asked, long.MaxValue, default);
        Assert.Equal(fields.Values.Select(values => LastOf(values, long.MaxValue)), lasts);
        var middle = fields.Values.SelectMany(values => values.Keys).Order().ToList() is { Count: > 0 } all ? all[all.Count / 2] : 0;
        var until = await store.ReadLastAsync("t", "iot", asked, middle, default);
        Assert.Equal(fields.Values.Select(values => LastOf(values, middle)), until);
        var known = await store.FindSeriesAsync("t", "iot", null, null, default);
        var present = fields.Where(field => field.Value.Count > 0).Select(field => field.Key.Series).ToHashSet();
        Assert.Subset(known.Select(info => new SeriesKey(info.Measurement, info.Tags)).ToHashSet(), present);
    }

    private static TimedValue? LastOf(SortedDictionary<long, FieldValue> values, long until)
    {
        var times = values.Keys.Where(time => time <= until).ToList();
        return times.Count == 0 ? null : new TimedValue(times.Max(), values[times.Max()]);
    }
}
