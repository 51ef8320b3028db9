using System.Collections.Concurrent;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Statements;

/// <summary>The requests of one tenant that run in this process.</summary>
internal sealed class RunningQueries(TimeProvider time)
{
    private readonly ConcurrentDictionary<ulong, RunningQuery> queries = new();
    private ulong last;

    /// <summary>Those that run, the oldest first.</summary>
    public IEnumerable<RunningQuery> All => queries.Values.OrderBy(query => query.Id);

    /// <exception cref="QueryException">As many run as may.</exception>
    public RunningQuery Start(QueryRequest request, CancellationToken cancellation)
    {
        if (request.MaxConcurrent > 0 && queries.Count >= request.MaxConcurrent)
        {
            throw new QueryException($"max-concurrent-queries limit exceeded({queries.Count}, {request.MaxConcurrent})");
        }

        var query = new RunningQuery(Interlocked.Increment(ref last), request, time, cancellation);
        queries[query.Id] = query;
        return query;
    }

    public void End(RunningQuery query)
    {
        queries.TryRemove(query.Id, out _);
        query.Dispose();
    }

    /// <exception cref="QueryException">No such request runs.</exception>
    public void Kill(ulong id)
    {
        if (!queries.TryGetValue(id, out var query))
        {
            throw new QueryException($"no such query id: {id}");
        }

        query.Kill();
    }
}

/// <summary>A request that runs, until it ends, is killed, or has taken its time.</summary>
internal sealed class RunningQuery : IDisposable
{
    private readonly TimeProvider time;
    private readonly long started;
    private readonly CancellationToken caller;
    private readonly CancellationTokenSource killing = new();
    private readonly CancellationTokenSource timeout;
    private readonly CancellationTokenSource any;

    public RunningQuery(ulong id, QueryRequest request, TimeProvider time, CancellationToken caller)
    {
        (Id, Request, this.time, this.caller) = (id, request, time, caller);
        started = time.GetTimestamp();
        var limit = request.Timeout > TimeSpan.Zero ? request.Timeout : Timeout.InfiniteTimeSpan;
        timeout = new CancellationTokenSource(limit, time);
        any = CancellationTokenSource.CreateLinkedTokenSource(caller, killing.Token, timeout.Token);
    }

    public ulong Id { get; }

    public QueryRequest Request { get; }

    public TimeSpan Elapsed => time.GetElapsedTime(started);

    /// <summary>Cancelled when the request must stop, for whatever reason.</summary>
    public CancellationToken Token => any.Token;

    public bool IsKilled => killing.IsCancellationRequested;

    /// <summary>Why it must stop, though the caller still waits for it; null where nothing stops it, or the caller has gone.</summary>
    public string? Interruption =>
        caller.IsCancellationRequested ? null
        : IsKilled ? "query interrupted"
        : timeout.IsCancellationRequested ? "query-timeout limit exceeded"
        : null;

    public void Kill()
    {
        try
        {
            killing.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    public void Dispose()
    {
        any.Dispose();
        timeout.Dispose();
        killing.Dispose();
    }
}
