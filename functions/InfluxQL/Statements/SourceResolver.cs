using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>Finds the measurements of a SELECT among the tenant's databases.</summary>
internal sealed class SourceResolver(StatementContext context) : ISourceResolver
{
    public async ValueTask<IReadOnlyList<MeasurementSource>> ResolveAsync(Measurement source, CancellationToken cancellation)
    {
        var database = await context.GetDatabaseAsync(source.Database);
        var policy = context.PolicyOf(database, source.RetentionPolicy);
        if (source.Regex is not null)
        {
            return await FindAsync(policy, SeriesCatalogue.NameTest(source), cancellation);
        }

        var series = await context.Series.FindSeriesAsync(context.Tenant, policy.Partition, source.Name, null, cancellation);
        if (series.Count == 0 && DeviceNames.MeasurementOf(policy, source.Name) is { } measurement)
        {
            var all = await context.Series.FindSeriesAsync(context.Tenant, policy.Partition, measurement, null, cancellation);
            series = [.. all.Where(one => DeviceNames.IsAutomatic(policy, one)).Select(DeviceNames.ValueOf)];
        }

        return series.Count == 0 ? [] : [new MeasurementSource(policy.Partition, source.Name, series)];
    }

    /// <summary>The measurements that pass by their own names, and those that pass only by devices' names, under these.</summary>
    private async ValueTask<IReadOnlyList<MeasurementSource>> FindAsync(
        RetentionPolicy policy,
        Func<string, bool> isWanted,
        CancellationToken cancellation
    )
    {
        var named = new List<(string Name, SeriesInfo Series)>();
        foreach (var series in await context.Series.FindSeriesAsync(context.Tenant, policy.Partition, null, null, cancellation))
        {
            if (isWanted(series.Measurement))
            {
                named.Add((series.Measurement, series));
            }
            else if (DeviceNames.IsAutomatic(policy, series) && isWanted(DeviceNames.NameOf(series)))
            {
                named.Add((DeviceNames.NameOf(series), DeviceNames.ValueOf(series)));
            }
        }

        return
        [
            .. named
                .GroupBy(one => one.Name, one => one.Series)
                .OrderBy(measurement => measurement.Key, StringComparer.Ordinal)
                .Select(measurement => new MeasurementSource(policy.Partition, measurement.Key, [.. measurement])),
        ];
    }
}
