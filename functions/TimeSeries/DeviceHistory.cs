using System.Runtime.CompilerServices;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;

namespace Serverless.TimeSeries;

/// <summary>One value of a row of a device's history.</summary>
public readonly record struct HistoryValue(string Measurement, string Field, FieldValue Value);

/// <summary>What a device has at one time.</summary>
/// <param name="Time">Nanoseconds since 1970.</param>
/// <param name="Values">Its values, in the order of the fields asked for.</param>
public sealed record HistoryRow(long Time, IReadOnlyList<HistoryValue> Values);

/// <summary>A device's own points of several measurements as one sequence of rows: fields of the same time are one row. For the dialects that read by device and not by series.</summary>
public sealed class DeviceHistory(SeriesStore store)
{
    /// <summary>The rows of a device in a range of time, in order.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="device">The device's UUID.</param>
    /// <param name="fields">The fields to read, which need not exist; each once.</param>
    /// <param name="fromNs">The first time, in nanoseconds since 1970.</param>
    /// <param name="toNs">The time before which to end; <see cref="long.MaxValue"/> for no end.</param>
    /// <param name="descending">Whether the newest row comes first.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public async IAsyncEnumerable<HistoryRow> ReadAsync(
        string tenant,
        Guid device,
        IEnumerable<(string Measurement, string Field)> fields,
        long fromNs,
        long toNs,
        bool descending,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var cursors = new List<Cursor>();
        try
        {
            await foreach (var (series, field) in FindAsync(tenant, device, fields, cancellation))
            {
                var cursor = new Cursor(series.Measurement, field, ValuesAsync(series, field, fromNs, toNs, descending, cancellation));
                cursors.Add(cursor);
                await cursor.MoveAsync();
            }

            var heap = new PriorityQueue<int, (long, int)>();
            for (var i = 0; i < cursors.Count; i++)
            {
                Enqueue(heap, cursors[i], i, descending);
            }

            var due = new List<int>();
            while (heap.TryPeek(out var first, out _))
            {
                var time = cursors[first].Current.Time;
                due.Clear();
                while (heap.TryPeek(out var next, out _) && cursors[next].Current.Time == time)
                {
                    due.Add(heap.Dequeue());
                }

                yield return new HistoryRow(time, due.ConvertAll(i => cursors[i].Value));
                foreach (var i in due)
                {
                    await cursors[i].MoveAsync();
                    Enqueue(heap, cursors[i], i, descending);
                }
            }
        }
        finally
        {
            foreach (var cursor in cursors)
            {
                await cursor.DisposeAsync();
            }
        }
    }

    /// <summary>The newest value of each of a device's fields, of those that have one.</summary>
    public async Task<IReadOnlyList<(long Time, HistoryValue Value)>> LastAsync(
        string tenant,
        Guid device,
        IEnumerable<(string Measurement, string Field)> fields,
        CancellationToken cancellation
    )
    {
        var found = new List<(long, HistoryValue)>();
        await foreach (var (series, field) in FindAsync(tenant, device, fields, cancellation))
        {
            if (await store.LastAsync(series, field, cancellation) is { } last)
            {
                found.Add((last.Time, new HistoryValue(series.Measurement, field, last.Value)));
            }
        }

        return found;
    }

    private async IAsyncEnumerable<(SeriesInfo Series, string Field)> FindAsync(
        string tenant,
        Guid device,
        IEnumerable<(string Measurement, string Field)> fields,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var tags = TagSet.Of(Tenant.DeviceTag, device.ToString());
        var known = new Dictionary<string, SeriesInfo?>();
        foreach (var (measurement, field) in fields)
        {
            if (!known.TryGetValue(measurement, out var series))
            {
                known[measurement] = series = await store.GetSeriesAsync(tenant, Tenant.DeviceDatabase, measurement, tags, cancellation);
            }

            if (series is not null && series.Fields.Any(there => there.Name == field))
            {
                yield return (series, field);
            }
        }
    }

    private async IAsyncEnumerable<TimedValue> ValuesAsync(
        SeriesInfo series,
        string field,
        long fromNs,
        long toNs,
        bool descending,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await foreach (var chunk in store.ScanAsync(series, field, fromNs, toNs, descending, cancellation))
        {
            var times = chunk.Times;
            for (var i = 0; i < chunk.Count; i++)
            {
                var at = descending ? chunk.Count - 1 - i : i;
                yield return new TimedValue(times.Span[at], chunk.ValueAt(at));
            }
        }
    }

    private static void Enqueue(PriorityQueue<int, (long, int)> heap, Cursor cursor, int index, bool descending)
    {
        if (!cursor.Ended)
        {
            // ~ turns the order around without the overflow of the smallest number.
            heap.Enqueue(index, (descending ? ~cursor.Current.Time : cursor.Current.Time, index));
        }
    }

    private sealed class Cursor(string measurement, string name, IAsyncEnumerable<TimedValue> values) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<TimedValue> enumerator = values.GetAsyncEnumerator();

        public bool Ended { get; private set; }

        public TimedValue Current => enumerator.Current;

        public HistoryValue Value => new(measurement, name, Current.Value);

        public async ValueTask MoveAsync() => Ended = !await enumerator.MoveNextAsync();

        public ValueTask DisposeAsync() => enumerator.DisposeAsync();
    }
}
