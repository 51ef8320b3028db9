using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Measurements;
using Serverless.Domain.DataRetention;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Cumulocity.Retention;

/// <summary>Measurements, by their time: of a whole tenant, of a device, or of a type or with a fragment.</summary>
/// <remarks>
/// To find those of a type or with a fragment, every measurement that is old enough must be read. So what has been looked at is remembered, and looked at again only once a day, for what came late.
/// </remarks>
internal sealed class RetainedMeasurements(
    MeasurementEraser eraser,
    MeasurementReader reader,
    DeviceDirectory devices,
    ISeriesEraser series,
    TimeProvider time
) : IRetainedData
{
    private static readonly TimeSpan WholeInterval = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Tenant, RetentionRule Rule), (long SeenTo, DateTimeOffset Whole)> seen = [];

    public RetainedData Data => RetainedData.Measurement;

    public async Task DeleteAsync(string tenant, RetentionRule rule, DateTimeOffset before, CancellationToken cancellation)
    {
        var cutoff = Times.NanosecondsOf(before);
        if (rule.Source is null && rule.Type is null && rule.Fragment is null)
        {
            await series.ApplyRetentionAsync(tenant, Tenant.DeviceDatabase, cutoff, cancellation);
            return;
        }

        var whole = new MeasurementFilter(To: cutoff);
        var filter = whole with { From = StartOf(tenant, rule), Type = rule.Type, Fragment = rule.Fragment };
        foreach (var (uuid, _, _) in await reader.FindDevicesAsync(tenant, filter.IsRange ? whole : filter, cancellation))
        {
            if (
                await devices.FindByUuidAsync(tenant, uuid, cancellation) is { Value: var device }
                && (rule.Source is null || device.Id == rule.Source)
            )
            {
                await eraser.DeleteAsync(tenant, device, filter.IsRange ? whole : filter, cancellation);
            }
        }

        lock (gate)
        {
            var now = time.GetUtcNow();
            var key = (tenant, rule);
            seen[key] = (cutoff, filter.From == long.MinValue ? now : seen.GetValueOrDefault(key).Whole);
        }
    }

    private long StartOf(string tenant, RetentionRule rule)
    {
        lock (gate)
        {
            return seen.TryGetValue((tenant, rule), out var last) && time.GetUtcNow() - last.Whole < WholeInterval
                ? last.SeenTo
                : long.MinValue;
        }
    }
}
