using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>Deletes measurements: their points and what is kept of them. A point that another measurement of the same time has too stays.</summary>
internal sealed class MeasurementEraser(SeriesStore store, DeviceHistory history)
{
    // So many times are deleted at once: each costs memory, each deletion of a field a note that every read heeds until it is compacted.
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
        foreach (var ((measurement, field), times) in batch.Gone)
        {
            await store.DeletePointsAsync(tenant, Tenant.DeviceDatabase, measurement, tags, field, times, cancellation);
        }

        return batch.Gone.Count > 0;
    }

    /// <summary>Some rows, in the order of time: which of their points go.</summary>
    private sealed class Batch
    {
        public int Rows { get; private set; }

        /// <summary>The times of each field's points.</summary>
        public Dictionary<(string Measurement, string Field), List<long>> Gone { get; } = [];

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
                var name = (value.Measurement, value.Field);
                if (gone.Contains(name) || (isForeignGone && isForeignMessage))
                {
                    (Gone.TryGetValue(name, out var times) ? times : Gone[name] = []).Add(row.Time);
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
