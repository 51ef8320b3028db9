using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>What one statement runs with.</summary>
/// <param name="Request">The request that it is of.</param>
/// <param name="Databases">The databases.</param>
/// <param name="Series">The series.</param>
/// <param name="Execute">Runs a planned SELECT.</param>
/// <param name="Queries">The tenant's running requests.</param>
/// <param name="Time">The clock.</param>
/// <param name="Sink">Where its answer goes.</param>
/// <param name="Cancellation">Cancels it.</param>
internal sealed record StatementContext(
    QueryRequest Request,
    DatabaseDirectory Databases,
    SeriesStore Series,
    SelectExecution Execute,
    RunningQueries Queries,
    TimeProvider Time,
    IResultSink Sink,
    CancellationToken Cancellation
)
{
    public string Tenant => Request.Tenant;

    /// <summary>What now() is, in nanoseconds since 1970: the same for the whole statement.</summary>
    public long Now { get; } = (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>The database that a statement names, or else the request's; empty for none.</summary>
    public string DatabaseOf(string? named) => string.IsNullOrEmpty(named) ? Request.Database : named;

    /// <summary>The database that a statement names, or else the request's.</summary>
    /// <exception cref="QueryException">None is named, or there is none of the name.</exception>
    public async ValueTask<Database> GetDatabaseAsync(string? named)
    {
        var name = DatabaseOf(named);
        return name.Length == 0
            ? throw new QueryException("database name required")
            : await Databases.FindAsync(Tenant, name, Cancellation) ?? throw new QueryException($"database not found: {name}");
    }

    /// <summary>The retention policy of a measurement of a database: that which it names, else the request's, else the default.</summary>
    /// <exception cref="QueryException">There is no such policy.</exception>
    public RetentionPolicy PolicyOf(Database database, string? named)
    {
        var name =
            !string.IsNullOrEmpty(named) ? named
            : Request.RetentionPolicy.Length > 0 ? Request.RetentionPolicy
            : database.DefaultPolicy;
        return name.Length == 0
            ? throw new QueryException($"default retention policy not set for: {database.Name}")
            : database.FindPolicy(name) ?? throw new QueryException($"retention policy not found: {name}");
    }
}
