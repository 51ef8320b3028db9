using System.Collections.Concurrent;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Results;
using Serverless.InfluxQL.Statements;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL;

/// <summary>Runs a planned SELECT: streams its rows to a sink, as one series after the other.</summary>
internal delegate Task SelectExecution(SelectPlan plan, QueryContext context, IResultSink sink, CancellationToken cancellation);

/// <summary>Executes InfluxQL. Any number of requests may run at a time; a tenant sees and stops its own only, and only those of this process.</summary>
public sealed class QueryEngine
{
    private const string NotExecuted = "not executed";

    private readonly DatabaseDirectory databases;
    private readonly SeriesStore series;
    private readonly SelectExecution execute;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, RunningQueries> running = new();

    public QueryEngine(DatabaseDirectory databases, SeriesStore series, TimeProvider time)
        : this(databases, series, SelectRunner.RunAsync, time) { }

    internal QueryEngine(DatabaseDirectory databases, SeriesStore series, SelectExecution execute, TimeProvider time) =>
        (this.databases, this.series, this.execute, this.time) = (databases, series, execute, time);

    /// <summary>Executes the statements one after the other until one fails. Errors of statements are part of the answer, in the real server's words where it has them.</summary>
    /// <param name="request">The statements.</param>
    /// <param name="sink">Takes the answer.</param>
    /// <param name="cancellation">Stops the statement that runs; what it has changed stays changed.</param>
    /// <exception cref="QueryForbiddenException">The request may not do what a statement does; nothing was executed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled by the caller.</exception>
    public async Task ExecuteAsync(QueryRequest request, IResultSink sink, CancellationToken cancellation)
    {
        Authorizer.Check(request);
        var queries = running.GetOrAdd(request.Tenant, static (_, clock) => new RunningQueries(clock), time);
        RunningQuery query;
        try
        {
            query = queries.Start(request, cancellation);
        }
        catch (QueryException full)
        {
            await FailAsync(sink, 0, full.Message, cancellation);
            return;
        }

        try
        {
            await ExecuteAsync(query, queries, sink, cancellation);
        }
        finally
        {
            queries.End(query);
        }
    }

    private async Task ExecuteAsync(RunningQuery query, RunningQueries queries, IResultSink sink, CancellationToken cancellation)
    {
        var statements = query.Request.Statements;
        for (var i = 0; i < statements.Count; i++)
        {
            var context = new StatementContext(query.Request, databases, series, execute, queries, time, sink, query.Token);
            var zone = statements[i] is SelectStatement { TimeZone: { } name } ? Values.TimeZones.Find(name) : null;
            await sink.BeginAsync(i, zone, cancellation);
            var error = await TryAsync(context, statements[i], query);
            var isLast = i == statements.Count - 1;
            await sink.EndAsync(error is null || isLast || query.Request.IsChunked ? error : NotExecuted, cancellation);
            if (error is not null)
            {
                await SkipAsync(query.Request, i, sink, cancellation);
                return;
            }
        }
    }

    /// <summary>What the real server answers for each statement after one that failed: that it was not executed, under the number of the one that failed.</summary>
    private static async ValueTask SkipAsync(QueryRequest request, int failed, IResultSink sink, CancellationToken cancellation)
    {
        for (var i = failed + 1; request.IsChunked && i < request.Statements.Count; i++)
        {
            await FailAsync(sink, failed, NotExecuted, cancellation);
        }
    }

    private static async ValueTask FailAsync(IResultSink sink, int statement, string error, CancellationToken cancellation)
    {
        await sink.BeginAsync(statement, null, cancellation);
        await sink.EndAsync(error, cancellation);
    }

    /// <summary>Runs a statement; returns why it failed, or null.</summary>
    private static async ValueTask<string?> TryAsync(StatementContext context, Statement statement, RunningQuery query)
    {
        try
        {
            await context.RunAsync(statement);
            return query.Interruption;
        }
        catch (Exception failure) when (failure is QueryException or DomainException or StoreUnavailableException)
        {
            return failure.Message;
        }
        catch (OperationCanceledException) when (query.Interruption is not null)
        {
            return query.Interruption;
        }
    }
}
