using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Statements;

/// <summary>Fills in the databases and retention policies that a SELECT leaves out.</summary>
internal static class Normalizer
{
    /// <summary>The statement with a database and a retention policy on every measurement. The policies need not exist: that is seen where they are read.</summary>
    /// <exception cref="QueryException">There is no such database, or none is named; or its default policy was dropped.</exception>
    public static async ValueTask<SelectStatement> NormalizeAsync(this StatementContext context, SelectStatement select)
    {
        var target = select.Target;
        if (target is not null)
        {
            var (database, policy) = await context.FillAsync(target.Database, target.RetentionPolicy);
            target = target with { Database = database, RetentionPolicy = policy };
        }

        var sources = new Source[select.Sources.Count];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = select.Sources[i] switch
            {
                Measurement measurement => await context.NormalizeAsync(measurement),
                SubQuery query => new SubQuery(await context.NormalizeAsync(query.Statement)),
                var other => other,
            };
        }

        return select with
        {
            Target = target,
            Sources = [.. sources],
        };
    }

    public static async ValueTask<Measurement> NormalizeAsync(this StatementContext context, Measurement measurement)
    {
        if (measurement.Name.Length == 0 && measurement.Regex is null)
        {
            throw new QueryException("invalid measurement");
        }

        var (database, policy) = await context.FillAsync(measurement.Database, measurement.RetentionPolicy);
        return measurement with { Database = database, RetentionPolicy = policy };
    }

    private static async ValueTask<(string Database, string Policy)> FillAsync(
        this StatementContext context,
        string? database,
        string? policy
    )
    {
        var found = await context.GetDatabaseAsync(database);
        var filled =
            !string.IsNullOrEmpty(policy) ? policy
            : context.Request.RetentionPolicy.Length > 0 ? context.Request.RetentionPolicy
            : found.DefaultPolicy;
        return filled.Length == 0 ? throw new QueryException($"default retention policy not set for: {found.Name}") : (found.Name, filled);
    }
}
