using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

internal static class StoreReading
{
    public static async Task<List<(long Time, FieldValue Value)>> ReadAllAsync(
        this SeriesStore store,
        string measurement,
        TagSet tags,
        string field,
        long from = long.MinValue,
        long to = long.MaxValue,
        bool descending = false
    )
    {
        var points = new List<(long, FieldValue)>();
        await foreach (var chunk in store.ScanAsync("t", "iot", measurement, tags, field, from, to, descending, default))
        {
            var part = Enumerable.Range(0, chunk.Count).Select(i => (chunk.Times.Span[i], chunk.ValueAt(i))).ToList();
            Assert.Equal((part[0].Item1, part[^1].Item1), (chunk.MinTime, chunk.MaxTime));
            if (descending)
            {
                part.Reverse();
            }

            points.AddRange(part);
        }

        return points;
    }
}
