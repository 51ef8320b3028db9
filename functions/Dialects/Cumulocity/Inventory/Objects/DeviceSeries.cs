using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>Which series a device has measured, and what it measured last. A measurement's fragment is the measurement of the domain, its series the field.</summary>
internal sealed class DeviceSeries(SeriesStore store, DeviceHistory history)
{
    /// <summary>The numeric series, in the order in which they appeared.</summary>
    public async Task<IReadOnlyList<Channel>> ListAsync(string tenant, DeviceTwin twin, CancellationToken cancellation)
    {
        var tags = TagSet.Of(Tenant.DeviceTag, twin.Uuid.ToString());
        var found = new List<Channel>();
        foreach (var measurement in twin.Channels.GroupBy(channel => channel.Measurement))
        {
            var series = await store.GetSeriesAsync(tenant, Tenant.DeviceDatabase, measurement.Key, tags, cancellation);
            var numeric = (series?.Fields ?? [])
                .Where(field => field.Type is FieldType.Float or FieldType.Integer)
                .Select(field => field.Name);
            found.AddRange(measurement.IntersectBy(numeric, channel => channel.Field));
        }

        return found;
    }

    /// <summary>Adds c8y_LatestMeasurements: {fragment: {series: {value, unit, time}}}.</summary>
    public async Task AddLatestAsync(string tenant, DeviceTwin twin, JsonObject shown, CancellationToken cancellation)
    {
        var channels = await ListAsync(tenant, twin, cancellation);
        var latest = new JsonObject();
        foreach (var (time, value) in await history.LastAsync(tenant, twin.Uuid, channels.Select(Field), cancellation))
        {
            if (latest[value.Measurement] is not JsonObject fragment)
            {
                latest[value.Measurement] = fragment = [];
            }

            var one = new JsonObject { ["value"] = NumberOf(value.Value) };
            if (channels.First(channel => Field(channel) == (value.Measurement, value.Field)).Unit is { Length: > 0 } unit)
            {
                one["unit"] = unit;
            }

            one["time"] = ManagedObjectJson.Time(DateTimeOffset.UnixEpoch.AddTicks((long)Math.Floor(time / 100m)));
            fragment[value.Field] = one;
        }

        shown["c8y_LatestMeasurements"] = latest;
    }

    private static (string Measurement, string Field) Field(Channel channel) => (channel.Measurement, channel.Field);

    private static JsonValue NumberOf(FieldValue value) =>
        value.Type == FieldType.Integer ? JsonValue.Create(value.Integer) : JsonValue.Create(value.Float);
}
