using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.ThingScale.Streams;

/// <summary>When the last row came, of all rows and of those of each tag; in nanoseconds since 1970.</summary>
internal sealed class Activity
{
    public long? Last { get; private set; }

    public SortedDictionary<string, long> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a row of this time, or of none that is later, would be news.</summary>
    public bool IsNews(string? tag, long time) =>
        Last is null || time > Last || (tag is not null && (!Tags.TryGetValue(tag, out var known) || time > known));

    public void Add(string? tag, long time)
    {
        Last = Last > time ? Last : time;
        if (tag is not null && (!Tags.TryGetValue(tag, out var known) || time > known))
        {
            Tags[tag] = time;
        }
    }
}

/// <summary>Finds when devices' last rows came, without reading them.</summary>
internal sealed class LastRows(SeriesStore store)
{
    /// <summary>The time of the last row of devices, in nanoseconds since 1970, or null where they have none.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="tag">Only of rows of this tag; null for all.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task<long?> FindAsync(string tenant, IEnumerable<DeviceTwin> devices, string? tag, CancellationToken cancellation)
    {
        var activity = new Activity();
        foreach (var device in devices)
        {
            await AddAsync(tenant, device, tag is not null, activity, cancellation);
        }

        return tag is null ? activity.Last
            : activity.Tags.TryGetValue(tag, out var last) ? last
            : null;
    }

    /// <summary>Adds what a device has done.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="device">The device.</param>
    /// <param name="withTags">Whether the tags are of interest.</param>
    /// <param name="activity">Where it is added, with that of other devices.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task AddAsync(string tenant, DeviceTwin device, bool withTags, Activity activity, CancellationToken cancellation)
    {
        // A series' last time is at most its MaxTime: where that is no news its fields need not be looked at.
        foreach (var (series, field) in (await FieldsAsync(tenant, device, cancellation)).OrderByDescending(one => one.Series.MaxTime))
        {
            var tag = withTags && series.Measurement == Readings.MessageMeasurement ? KeptMessage.TagOf(field) : null;
            if (activity.IsNews(tag, series.MaxTime) && await store.LastAsync(series, field, cancellation) is { } last)
            {
                activity.Add(tag, last.Time);
            }
        }
    }

    private async Task<List<(SeriesInfo Series, string Field)>> FieldsAsync(
        string tenant,
        DeviceTwin device,
        CancellationToken cancellation
    )
    {
        var found = new List<(SeriesInfo, string)>();
        if (await SeriesAsync(tenant, device, Readings.MessageMeasurement, cancellation) is { } messages)
        {
            found.AddRange(KeptMessage.FieldsOf(messages).Select(field => (messages, field)));
        }

        foreach (var channels in device.Channels.GroupBy(channel => channel.Measurement))
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
