using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Statements;

/// <summary>A database and retention policy that a SHOW reads, and which measurements of it.</summary>
internal sealed record Scope(Database Database, RetentionPolicy Policy, Func<string, bool> IsWanted);

/// <summary>Finds what the FROM of a SHOW means.</summary>
internal static class Scopes
{
    /// <summary>A scope for each source; without sources, one for the default policy of the named database or the request's.</summary>
    /// <exception cref="QueryException">There is no such database or policy.</exception>
    public static async ValueTask<IReadOnlyList<Scope>> ScopesAsync(this StatementContext context, string? named, ValueList<Source> sources)
    {
        if (sources.Count == 0)
        {
            var database = await context.GetDatabaseAsync(named);
            return [new Scope(database, context.PolicyOf(database, null), _ => true)];
        }

        var scopes = new List<Scope>();
        foreach (var source in sources.OfType<Measurement>())
        {
            var database = await context.GetDatabaseAsync(string.IsNullOrEmpty(source.Database) ? named : source.Database);
            scopes.Add(new Scope(database, context.PolicyOf(database, source.RetentionPolicy), SeriesCatalogue.NameTest(source)));
        }

        return scopes;
    }

    /// <summary>The series in the scopes' policies, each measurement of a policy once.</summary>
    public static async ValueTask<IReadOnlyList<FoundSeries>> FindSeriesAsync(this StatementContext context, IEnumerable<Scope> scopes)
    {
        var found = new List<FoundSeries>();
        foreach (var policy in scopes.GroupBy(scope => scope.Policy))
        {
            var series = await context.FindSeriesAsync(policy.Key, name => policy.Any(scope => scope.IsWanted(name)));
            found.AddRange(series.Select(info => new FoundSeries(policy.Key, info)));
        }

        return found;
    }
}
