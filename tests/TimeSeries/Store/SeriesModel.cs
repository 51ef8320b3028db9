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

        var asked = fields
            .Keys.SelectMany(
                key => new[] { key.Series.Tags, TagSet.Empty },
                (key, tags) => new SeriesField(key.Series.Measurement, tags, key.Field)
            )
            .ToList();
        var middle = fields.Values.SelectMany(values => values.Keys).Order().ToList() is { Count: > 0 } all ? all[all.Count / 2] : 0;
        foreach (var until in new[] { long.MaxValue, middle })
        {
            var lasts = await store.ReadLastAsync("t", "iot", asked, until, default);
            Assert.Equal(asked.Select(field => LastOf(field, until)), lasts.Select(last => last?.Time));
            Assert.All(asked.Zip(lasts), one => Assert.True(one.Second is null || Has(one.First, one.Second.Value)));
        }

        var known = await store.FindSeriesAsync("t", "iot", null, null, default);
        var present = fields.Where(field => field.Value.Count > 0).Select(field => field.Key.Series).ToHashSet();
        Assert.Subset(known.Select(info => new SeriesKey(info.Measurement, info.Tags)).ToHashSet(), present);
    }

    /// <summary>The newest time of a field, of all series that have its tags.</summary>
    private long? LastOf(SeriesField field, long until) =>
        Of(field).SelectMany(values => values.Keys).Where(time => time <= until).Max(time => (long?)time);

    private bool Has(SeriesField field, TimedValue value) =>
        Of(field).Any(values => values.TryGetValue(value.Time, out var there) && there.Equals(value.Value));

    private IEnumerable<SortedDictionary<long, FieldValue>> Of(SeriesField field) =>
        fields
            .Where(one => one.Key.Field == field.Field && new SeriesSelector(field.Measurement, field.Tags).Matches(one.Key.Series))
            .Select(one => one.Value);
}
