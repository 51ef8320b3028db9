using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>Deletes measurements: their points and what is kept of them. A point that another measurement of the same time has too stays.</summary>
/// <remarks>
/// The store deletes ranges of series. What is to stay of a range is read before and written back after it; a point that somebody writes to just that range at just that moment goes with it.
/// </remarks>
internal sealed class MeasurementEraser(SeriesStore store, DeviceHistory history)
{
    // So many times are deleted at once: each costs memory, each deletion a note that every read heeds until it is compacted.
    private const int RowsAtOnce = 5000;

    /// <summary>Deletes those of a device that a filter matches.</summary>
    /// <returns>Whether there was any; true without a look where the filter is a range of time.</returns>
    public async Task<bool> DeleteAsync(string tenant, DeviceTwin device, MeasurementFilter filter, CancellationToken cancellation)
    {
        var tags = TagSet.Of(Tenant.DeviceTag, device.Uuid.ToString());
        if (filter.IsRange)
        {
            await store.DeleteAsync(tenant, Tenant.DeviceDatabase, new SeriesSelector(null, tags), filter.From, filter.To, cancellation);
            return true;
        }

        return await DeleteAsync(tenant, device, tags, filter.From, filter.To, filter.Matches, cancellation);
    }

    /// <summary>Deletes one.</summary>
    /// <returns>False where there was none.</returns>
    public Task<bool> DeleteAsync(string tenant, Measurement one, DeviceTwin device, CancellationToken cancellation) =>
        DeleteAsync(
            tenant,
            device,
            TagSet.Of(Tenant.DeviceTag, device.Uuid.ToString()),
            one.Time,
            one.Time + 1,
            found => found.Form == one.Form,
            cancellation
        );

    private async Task<bool> DeleteAsync(
        string tenant,
        DeviceTwin device,
        TagSet tags,
        long from,
        long to,
        Func<Measurement, bool> wanted,
        CancellationToken cancellation
    )
    {
        var series = await store.FindSeriesAsync(tenant, Tenant.DeviceDatabase, null, own => own.Equals(tags), cancellation);
        var fields = series.SelectMany(one => one.Fields.Select(field => (one.Measurement, field.Name))).Distinct().ToList();
        var (batch, any) = (new Batch(), false);
        await foreach (var row in history.ReadAsync(tenant, device.Uuid, fields, from, to, false, cancellation))
        {
            batch.Add(device, row, wanted);
            if (batch.Rows >= RowsAtOnce)
            {
                any |= await DeleteAsync(tenant, tags, batch, cancellation);
                batch = new Batch();
            }
        }

        return any | await DeleteAsync(tenant, tags, batch, cancellation);
    }

    private async Task<bool> DeleteAsync(string tenant, TagSet tags, Batch batch, CancellationToken cancellation)
    {
        foreach (var measurement in batch.Affected)
        {
            var selector = new SeriesSelector(measurement, tags, IsWhole: true);
            await store.DeleteAsync(tenant, Tenant.DeviceDatabase, selector, batch.First, batch.Last + 1, cancellation);
        }

        var remaining = batch
            .Remaining.Where(point =>
                batch.Affected.Contains(point.Value.Measurement) && point.Time >= batch.First && point.Time <= batch.Last
            )
            .Select(point => new Point(point.Value.Measurement, tags, point.Value.Field, point.Time, point.Value.Value))
            .ToList();
        if (remaining.Count > 0)
        {
            await store.WriteAsync(tenant, Tenant.DeviceDatabase, remaining, cancellation);
        }

        return batch.Affected.Count > 0;
    }

    /// <summary>Some rows: what of them goes and what stays.</summary>
    private sealed class Batch
    {
        public int Rows { get; private set; }

        public HashSet<string> Affected { get; } = [];

        public long First { get; private set; } = long.MaxValue;

        public long Last { get; private set; } = long.MinValue;

        public List<(long Time, HistoryValue Value)> Remaining { get; } = [];

        public void Add(DeviceTwin device, HistoryRow row, Func<Measurement, bool> wanted)
        {
            Rows++;
            var all = MeasurementReader.Read(device, row, []);
            var going = all.Where(wanted).ToList();
            var staying = all.Except(going).SelectMany(NamesOf).ToHashSet();
            var gone = going.SelectMany(NamesOf).Where(name => !staying.Contains(name)).ToHashSet();
            var isForeignGone = going.Exists(measurement => measurement.Form == Measurement.Foreign);
            foreach (var value in row.Values)
            {
                // What another API keeps of its own messages goes with the readings that they are.
                var isForeignMessage =
                    value.Measurement == Readings.MessageMeasurement
                    && !value.Field.StartsWith(Measurement.FieldPrefix, StringComparison.Ordinal);
                if (gone.Contains((value.Measurement, value.Field)) || (isForeignGone && isForeignMessage))
                {
                    Affected.Add(value.Measurement);
                    (First, Last) = (Math.Min(First, row.Time), Math.Max(Last, row.Time));
                }
                else
                {
                    Remaining.Add((row.Time, value));
                }
            }
        }

        /// <summary>The fields that hold a measurement.</summary>
        private static IEnumerable<(string Measurement, string Field)> NamesOf(Measurement measurement) =>
            measurement.Form == Measurement.Foreign
                ? measurement.Fragments.SelectMany(fragment => fragment.Value!.AsObject().Select(field => (fragment.Key, field.Key)))
                : measurement
                    .Series()
                    .Select(series => (series.Fragment, series.Series))
                    .Append((Readings.MessageMeasurement, measurement.Field));
    }
}
