using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Rules;

/// <summary>What the series know of values that a rule watches. A value is held against its rules before it is stored: so what is stored has been looked at, by whichever instance.</summary>
internal sealed class SeriesLook(ISeriesTail series, TimeProvider time)
{
    /// <summary>Finds changes whose values come late: a newer one has been looked at, perhaps by an instance that changed nothing then, and stored nothing but the value.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="areStored">Whether the values themselves are stored already.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <returns>How rules stand with devices, and the newest time that was looked at.</returns>
    public async Task<List<(RuleStanding Standing, long Newest)>> FindLateAsync(
        string tenant,
        IReadOnlyList<StateChange> changes,
        bool areStored,
        CancellationToken cancellation
    )
    {
        var values = changes.Where(change => change.By.Kind == Observation.Value && change.Standing.Rule.Condition is not null).ToList();
        if (values.Count == 0)
        {
            return [];
        }

        var lasts = await ReadAsync(tenant, values.ConvertAll(change => (change.Standing, change.By.Time)), cancellation);
        var late = new List<(RuleStanding Standing, long Newest)>();
        foreach (var (change, last) in values.Zip(lasts))
        {
            if (last is { } newest && (areStored ? newest.Time > change.By.Time : newest.Time >= change.By.Time))
            {
                late.Add((change.Standing, newest.Time));
            }
        }

        return late;
    }

    /// <summary>The newest values that are stored, as values to be held against rules.</summary>
    public async Task<List<WatchedValue>> ReadNewestAsync(
        string tenant,
        IReadOnlyCollection<RuleStanding> standings,
        CancellationToken cancellation
    )
    {
        var asked = standings.Where(standing => standing.Rule.Condition is not null).Select(standing => (standing, 0L)).ToList();
        var lasts = await ReadAsync(tenant, asked, cancellation);
        var found = new List<WatchedValue>();
        foreach (var ((standing, _), last) in asked.Zip(lasts))
        {
            if (last is { } newest)
            {
                found.Add(new WatchedValue([standing], newest.Time, newest.Value));
            }
        }

        return found;
    }

    /// <summary>The newest value for each, of all fields that the rule watches: up to a time that is not too far ahead, except for whoever is farther.</summary>
    private async Task<TimedValue?[]> ReadAsync(
        string tenant,
        List<(RuleStanding Standing, long Time)> asked,
        CancellationToken cancellation
    )
    {
        var found = new TimedValue?[asked.Count];
        var ahead = PayloadTime.ToNanoseconds(time.GetUtcNow()) + Crossing.MostAhead;
        foreach (var group in asked.Index().GroupBy(one => one.Item.Time > ahead ? long.MaxValue : ahead))
        {
            var fields = group.SelectMany(one => one.Item.Standing.Fields.Select(field => (one.Index, field))).ToList();
            var lasts = await series.ReadLastAsync(
                tenant,
                Tenant.DeviceDatabase,
                fields.ConvertAll(one => one.field),
                group.Key,
                cancellation
            );
            foreach (var ((index, _), last) in fields.Zip(lasts))
            {
                if (last is { } value && (found[index] is not { } newest || value.Time > newest.Time))
                {
                    found[index] = value;
                }
            }
        }

        return found;
    }
}
