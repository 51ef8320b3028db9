using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Proficloud;

/// <summary>One time series of one device that the caller may read.</summary>
/// <param name="Uuid">The device, as the caller wrote it.</param>
/// <param name="Name">The series, as the caller wrote it.</param>
/// <param name="Tags">The device's tags.</param>
/// <param name="Fields">The fields that the name shows.</param>
internal sealed record EptsSeries(string Uuid, SeriesName Name, TagSet Tags, IReadOnlyList<string> Fields);

/// <summary>Reads a tenant's device series. What the tenant does not have is not there: another tenant's device is like one that never was.</summary>
internal sealed class EptsReader(SeriesStore store, DeviceDirectory devices)
{
    private readonly DeviceHistory history = new(store);

    /// <summary>The series that exist of those asked for, by device and then by name, in the order asked.</summary>
    public async Task<IReadOnlyList<EptsSeries>> FindAsync(string tenant, EptsQuery query, CancellationToken cancellation)
    {
        var found = new List<EptsSeries>();
        foreach (var text in query.Uuids)
        {
            var uuid = Guid.Parse(text);
            if (await devices.FindByUuidAsync(tenant, uuid, cancellation) is null)
            {
                continue;
            }

            var tags = TagSet.Of("uuid", uuid.ToString());
            foreach (var name in query.Series.Select(series => new SeriesName(series)))
            {
                var info = await store.GetSeriesAsync(tenant, Tenant.DeviceDatabase, name.Measurement, tags, cancellation);
                if (info is not null && name.FieldsOf(info) is { Count: > 0 } fields)
                {
                    found.Add(new EptsSeries(text, name, tags, fields));
                }
            }
        }

        return found;
    }

    /// <summary>The newest point of a series: its time and the fields that have a value at it.</summary>
    public async Task<(long Time, List<KeyValuePair<string, FieldValue>> Values)?> LastAsync(
        string tenant,
        EptsSeries series,
        CancellationToken cancellation
    )
    {
        var (time, values) = (long.MinValue, new List<KeyValuePair<string, FieldValue>>());
        foreach (var field in series.Fields)
        {
            var measurement = series.Name.Measurement;
            var found = await store.LastAsync(tenant, Tenant.DeviceDatabase, measurement, series.Tags, field, cancellation);
            if (found is not { } last || last.Time < time)
            {
                continue;
            }

            if (last.Time > time)
            {
                time = last.Time;
                values.Clear();
            }

            values.Add(KeyValuePair.Create(field, last.Value));
        }

        return values.Count == 0 ? null : (time, values);
    }

    /// <summary>The points of a field in a range, in the order asked.</summary>
    public async IAsyncEnumerable<TimedValue> ScanAsync(
        string tenant,
        EptsSeries series,
        string field,
        EptsRange range,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var chunks = store.ScanAsync(
            tenant,
            Tenant.DeviceDatabase,
            series.Name.Measurement,
            series.Tags,
            field,
            range.From,
            range.To,
            range.Descending,
            cancellation
        );
        await foreach (var chunk in chunks)
        {
            var times = chunk.Times;
            for (var i = 0; i < chunk.Count; i++)
            {
                var at = range.Descending ? chunk.Count - 1 - i : i;
                yield return new TimedValue(times.Span[at], chunk.ValueAt(at));
            }
        }
    }

    /// <summary>The points of several fields in a range, in the order asked: fields of the same time are one point.</summary>
    public async IAsyncEnumerable<(long Time, List<KeyValuePair<string, FieldValue>> Values)> ScanAllAsync(
        string tenant,
        EptsSeries series,
        EptsRange range,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var fields = series.Fields.Select(field => (series.Name.Measurement, field));
        var rows = history.ReadAsync(tenant, Guid.Parse(series.Uuid), fields, range.From, range.To, range.Descending, cancellation);
        await foreach (var row in rows)
        {
            yield return (row.Time, [.. row.Values.Select(value => KeyValuePair.Create(value.Field, value.Value))]);
        }
    }
}
