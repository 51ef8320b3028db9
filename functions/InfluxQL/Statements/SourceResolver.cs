using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Statements;

/// <summary>Finds the measurements of a SELECT among the tenant's databases.</summary>
internal sealed class SourceResolver(StatementContext context) : ISourceResolver
{
    public async ValueTask<IReadOnlyList<MeasurementSource>> ResolveAsync(Measurement source, CancellationToken cancellation)
    {
        var database = await context.GetDatabaseAsync(source.Database);
        var policy = context.PolicyOf(database, source.RetentionPolicy);
        var name = source.Regex is null ? source.Name : null;
        var series = await context.Series.FindSeriesAsync(context.Tenant, policy.Partition, name, null, cancellation);
        var isWanted = SeriesCatalogue.NameTest(source);
        return
        [
            .. series
                .Where(info => isWanted(info.Measurement))
                .GroupBy(info => info.Measurement)
                .OrderBy(measurement => measurement.Key, StringComparer.Ordinal)
                .Select(measurement => new MeasurementSource(policy.Partition, measurement.Key, [.. measurement])),
        ];
    }
}
