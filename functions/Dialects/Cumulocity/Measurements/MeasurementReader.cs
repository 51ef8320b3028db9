using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>
/// Reads measurements in the order of time. One that came by this API is as it was sent; what else a device has at a time is one measurement of form <see cref="Measurement.Foreign"/>.
/// </summary>
internal sealed class MeasurementReader(SeriesStore store, DeviceHistory history, DeviceDirectory devices)
{
    /// <summary>A device's measurements.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="device">The device.</param>
    /// <param name="filter">Which.</param>
    /// <param name="descending">Whether the newest comes first; the order is the ascending one backwards, also of those of one time.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public async IAsyncEnumerable<Measurement> ReadAsync(
        string tenant,
        DeviceTwin device,
        MeasurementFilter filter,
        bool descending,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var units = device
            .Channels.GroupBy(channel => (channel.Measurement, channel.Field))
            .ToDictionary(same => same.Key, same => same.First().Unit);
        var fields = (await KeptFieldsAsync(tenant, device, cancellation)).Concat(units.Keys);
        var rows = history.ReadAsync(tenant, device.Uuid, fields, filter.From, filter.To, descending, cancellation);
        await foreach (var row in rows)
        {
            var found = Read(device, row, units);
            found.Sort((left, right) => (descending ? -1 : 1) * string.CompareOrdinal(left.Form, right.Form));
            foreach (var measurement in found.Where(filter.Matches))
            {
                yield return measurement;
            }
        }
    }

    /// <summary>The measurements of all of a tenant's devices, merged.</summary>
    /// <remarks>A device is looked at only once the list has come to the time at which it has something.</remarks>
    public async IAsyncEnumerable<Measurement> ReadAllAsync(
        string tenant,
        MeasurementFilter filter,
        bool descending,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var waiting = new Queue<(Guid Device, long Start)>(
            (await FindDevicesAsync(tenant, filter, cancellation))
                .Select(found =>
                    (found.Device, Start: descending ? ~Math.Min(found.Last, LastOf(filter)) : Math.Max(found.First, filter.From))
                )
                .OrderBy(found => found.Start)
        );
        var open = new PriorityQueue<IAsyncEnumerator<Measurement>, MeasurementPlace>(new PlaceOrder(descending));
        try
        {
            while (waiting.Count > 0 || open.Count > 0)
            {
                while (
                    waiting.TryPeek(out var next)
                    && (!open.TryPeek(out _, out var first) || next.Start <= (descending ? ~first.Time : first.Time))
                )
                {
                    waiting.Dequeue();
                    if (await devices.FindByUuidAsync(tenant, next.Device, cancellation) is { } device)
                    {
                        await MoveAsync(
                            open,
                            ReadAsync(tenant, device.Value, filter, descending, cancellation).GetAsyncEnumerator(cancellation)
                        );
                    }
                }

                if (open.TryDequeue(out var cursor, out _))
                {
                    var current = cursor.Current;
                    await MoveAsync(open, cursor);
                    yield return current;
                }
            }
        }
        finally
        {
            while (open.TryDequeue(out var cursor, out _))
            {
                await cursor.DisposeAsync();
            }
        }
    }

    /// <summary>The measurement of an id, or null.</summary>
    public async Task<Measurement?> FindAsync(string tenant, DeviceTwin device, long time, string form, CancellationToken cancellation)
    {
        if (time == long.MaxValue)
        {
            return null;
        }

        await foreach (var found in ReadAsync(tenant, device, new MeasurementFilter(time, time + 1), false, cancellation))
        {
            if (found.Form == form)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The devices that have points which may be of wanted measurements, with their first and last times.</summary>
    public async Task<IReadOnlyList<(Guid Device, long First, long Last)>> FindDevicesAsync(
        string tenant,
        MeasurementFilter filter,
        CancellationToken cancellation
    )
    {
        var series = await store.FindSeriesAsync(
            tenant,
            Tenant.DeviceDatabase,
            null,
            tags => tags.Count == 1 && tags[Tenant.DeviceTag] is not null,
            cancellation
        );
        var wanted = filter.ValueFragment is { } fragment
            ? series
                .Where(one =>
                    one.Measurement == fragment && (filter.ValueSeries is not { } name || one.Fields.Any(field => field.Name == name))
                )
                .Select(one => one.Tags[Tenant.DeviceTag])
                .ToHashSet()
            : null;
        return
        [
            .. series
                .Where(one => one.MaxTime >= filter.From && one.MinTime < filter.To)
                .GroupBy(one => one.Tags[Tenant.DeviceTag]!)
                .Where(own => wanted?.Contains(own.Key) ?? true)
                .Select(own =>
                    (
                        Id: Guid.TryParse(own.Key, out var uuid) ? uuid : Guid.Empty,
                        First: own.Min(one => one.MinTime),
                        Last: own.Max(one => one.MaxTime)
                    )
                )
                .Where(found => found.Id != Guid.Empty),
        ];
    }

    private static long LastOf(MeasurementFilter filter) => filter.To == long.MaxValue ? filter.To : filter.To - 1;

    private static async ValueTask MoveAsync(
        PriorityQueue<IAsyncEnumerator<Measurement>, MeasurementPlace> open,
        IAsyncEnumerator<Measurement> cursor
    )
    {
        if (await cursor.MoveNextAsync())
        {
            open.Enqueue(cursor, MeasurementPlace.Of(cursor.Current));
        }
        else
        {
            await cursor.DisposeAsync();
        }
    }

    private async Task<IEnumerable<(string Measurement, string Field)>> KeptFieldsAsync(
        string tenant,
        DeviceTwin device,
        CancellationToken cancellation
    )
    {
        var tags = TagSet.Of(Tenant.DeviceTag, device.Uuid.ToString());
        var kept = await store.GetSeriesAsync(tenant, Tenant.DeviceDatabase, Readings.MessageMeasurement, tags, cancellation);
        return kept is null
            ? []
            : kept
                .Fields.Select(field => field.Name)
                .Distinct()
                .Where(name => name.StartsWith(Measurement.FieldPrefix, StringComparison.Ordinal))
                .Select(name => (Readings.MessageMeasurement, name));
    }

    /// <summary>The measurements of one row.</summary>
    internal static List<Measurement> Read(DeviceTwin device, HistoryRow row, Dictionary<(string Measurement, string Field), string?> units)
    {
        var (found, shown) = (new List<Measurement>(), new HashSet<(string, string)>());
        foreach (var value in row.Values.Where(value => value.Measurement == Readings.MessageMeasurement))
        {
            if (Measurement.Read(device.Id, row.Time, value.Field, value.Value.Text) is { } kept)
            {
                found.Add(kept);
                shown.UnionWith(kept.Series().Select(series => (series.Fragment, series.Series)));
            }
        }

        var fragments = new JsonObject();
        foreach (var value in row.Values)
        {
            if (value.Measurement != Readings.MessageMeasurement && !shown.Contains((value.Measurement, value.Field)))
            {
                if (fragments[value.Measurement] is not JsonObject fragment)
                {
                    fragments[value.Measurement] = fragment = [];
                }

                MeasurementJson.Add(
                    fragment,
                    value.Field,
                    MeasurementJson.ToNode(value.Value),
                    units.GetValueOrDefault((value.Measurement, value.Field))
                );
            }
        }

        if (fragments.Count > 0)
        {
            found.Add(new Measurement(device.Id, row.Time, Measurement.Foreign, MeasurementJson.ForeignTypeOf(fragments), fragments));
        }

        return found;
    }

    private sealed class PlaceOrder(bool descending) : IComparer<MeasurementPlace>
    {
        public int Compare(MeasurementPlace x, MeasurementPlace y) =>
            x == y ? 0
            : x.IsAfter(y, descending) ? 1
            : -1;
    }
}
