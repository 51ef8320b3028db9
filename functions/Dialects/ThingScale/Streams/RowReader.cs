using System.Runtime.CompilerServices;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.ThingScale.Streams;

/// <summary>
/// Reads the rows of devices as one stream in the order of time. A row that came by this API is as it was sent; of others the device's points of one time are
/// one.
/// </summary>
internal sealed class RowReader(SeriesStore store, DeviceHistory history)
{
    /// <summary>The rows of devices in a range of time.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="tag">Only those of this tag; null for all.</param>
    /// <param name="fromNs">The first time, in nanoseconds since 1970.</param>
    /// <param name="toNs">The time before which to end; <see cref="long.MaxValue"/> for no end.</param>
    /// <param name="descending">Whether the newest comes first; the order is the ascending one backwards, also of rows of one time.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public async IAsyncEnumerable<Row> ReadAsync(
        string tenant,
        IReadOnlyList<DeviceTwin> devices,
        string? tag,
        long fromNs,
        long toNs,
        bool descending,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var cursors = new List<IAsyncEnumerator<Row>>();
        try
        {
            var heap = new PriorityQueue<int, (long, int)>();
            foreach (var device in devices)
            {
                cursors.Add(ReadAsync(tenant, device, tag, fromNs, toNs, descending, cancellation).GetAsyncEnumerator(cancellation));
                await EnqueueAsync(heap, cursors, cursors.Count - 1, descending);
            }

            while (heap.TryDequeue(out var next, out _))
            {
                yield return cursors[next].Current;
                await EnqueueAsync(heap, cursors, next, descending);
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

    private static async ValueTask EnqueueAsync(
        PriorityQueue<int, (long, int)> heap,
        List<IAsyncEnumerator<Row>> cursors,
        int index,
        bool descending
    )
    {
        if (await cursors[index].MoveNextAsync())
        {
            var time = cursors[index].Current.Time;
            // ~ turns an order around without the overflow of the smallest number.
            heap.Enqueue(index, descending ? (~time, ~index) : (time, index));
        }
    }

    private async IAsyncEnumerable<Row> ReadAsync(
        string tenant,
        DeviceTwin device,
        string? tag,
        long fromNs,
        long toNs,
        bool descending,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var fields = await FieldsAsync(tenant, device, tag, cancellation);
        await foreach (var found in history.ReadAsync(tenant, device.Uuid, fields, fromNs, toNs, descending, cancellation))
        {
            var rows = found.Values.Select(value => KeptMessage.Read(device, found.Time, value)).OfType<Row>().ToList();
            if (rows.Count == 0 && tag is null && PointRow.Of(found.Values) is { } points)
            {
                rows.Add(new Row(device, found.Time, null, false, points));
            }

            rows.Sort((left, right) => (descending ? -1 : 1) * string.CompareOrdinal(left.Tag, right.Tag));
            foreach (var row in rows)
            {
                yield return row;
            }
        }
    }

    private async Task<IReadOnlyList<(string Measurement, string Field)>> FieldsAsync(
        string tenant,
        DeviceTwin device,
        string? tag,
        CancellationToken cancellation
    )
    {
        if (tag is not null)
        {
            return [(Readings.MessageMeasurement, KeptMessage.FieldOf(tag))];
        }

        var tags = TagSet.Of(Tenant.DeviceTag, device.Uuid.ToString());
        var kept = await store.GetSeriesAsync(tenant, Tenant.DeviceDatabase, Readings.MessageMeasurement, tags, cancellation);
        return
        [
            .. KeptMessage.FieldsOf(kept).Select(field => (Readings.MessageMeasurement, field)),
            .. device.Channels.Select(channel => (channel.Measurement, channel.Field)).Distinct(),
        ];
    }
}
