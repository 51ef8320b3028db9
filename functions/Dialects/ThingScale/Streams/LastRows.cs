using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.ThingScale.Streams;

/// <summary>What is told of rows without reading them: when the last one came, and which tags there are.</summary>
internal sealed class LastRows(SeriesStore store)
{
    /// <summary>The time of the last row of devices, in nanoseconds since 1970, or null where they have none.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="tag">Only of rows of this tag; null for all.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task<long?> FindAsync(string tenant, IEnumerable<DeviceTwin> devices, string? tag, CancellationToken cancellation)
    {
        var candidates = new List<(SeriesInfo Series, string Field)>();
        foreach (var device in devices)
        {
            candidates.AddRange(await CandidatesAsync(tenant, device, tag, cancellation));
        }

        // A series' last time is at most its MaxTime: where that is older than what is found already it need not be looked at.
        long? found = null;
        foreach (var (series, field) in candidates.OrderByDescending(candidate => candidate.Series.MaxTime))
        {
            if (found >= series.MaxTime)
            {
                break;
            }

            if (await store.LastAsync(series, field, cancellation) is { } last && (found is null || last.Time > found))
            {
                found = last.Time;
            }
        }

        return found;
    }

    /// <summary>The tags of devices' rows, in order.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(string tenant, IEnumerable<DeviceTwin> devices, CancellationToken cancellation)
    {
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var device in devices)
        {
            tags.UnionWith(KeptMessage.TagsOf(await SeriesAsync(tenant, device, Readings.MessageMeasurement, cancellation)));
        }

        return [.. tags];
    }

    private async Task<List<(SeriesInfo, string)>> CandidatesAsync(
        string tenant,
        DeviceTwin device,
        string? tag,
        CancellationToken cancellation
    )
    {
        var found = new List<(SeriesInfo, string)>();
        if (await SeriesAsync(tenant, device, Readings.MessageMeasurement, cancellation) is { } messages)
        {
            var fields = KeptMessage.FieldsOf(messages).Where(field => tag is null || field == KeptMessage.FieldOf(tag));
            found.AddRange(fields.Select(field => (messages, field)));
        }

        foreach (var channels in tag is null ? device.Channels.GroupBy(channel => channel.Measurement) : [])
        {
            if (await SeriesAsync(tenant, device, channels.Key, cancellation) is { } series)
            {
                found.AddRange(channels.Select(channel => (series, channel.Field)));
            }
        }

        return found;
    }

    private ValueTask<SeriesInfo?> SeriesAsync(string tenant, DeviceTwin device, string measurement, CancellationToken cancellation) =>
        store.GetSeriesAsync(tenant, Tenant.DeviceDatabase, measurement, TagSet.Of(Tenant.DeviceTag, device.Uuid.ToString()), cancellation);
}
