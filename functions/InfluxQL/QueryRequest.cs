using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL;

/// <summary>What a caller may do with the databases of its tenant.</summary>
[Flags]
public enum QueryRights
{
    None = 0,

    /// <summary>SELECT and SHOW.</summary>
    Read = 1,

    /// <summary>INTO, DELETE, DROP SERIES, DROP MEASUREMENT, CREATE DATABASE.</summary>
    Write = 2,

    /// <summary>The rest: retention policies, DROP DATABASE, KILL QUERY, and what shows users.</summary>
    Manage = 4,

    All = Read | Write | Manage,
}

/// <summary>Statements of one request, with what it says besides them.</summary>
/// <param name="Tenant">The tenant, whose data is all that they can reach.</param>
/// <param name="Statements">The statements, in order.</param>
public sealed record QueryRequest(string Tenant, ValueList<Statement> Statements)
{
    /// <summary>The database of statements that name none; empty for none.</summary>
    public string Database { get; init; } = "";

    /// <summary>The retention policy of measurements that name none; empty for their database's default.</summary>
    public string RetentionPolicy { get; init; } = "";

    /// <summary>The caller's name, for error texts.</summary>
    public string User { get; init; } = "";

    public QueryRights Rights { get; init; } = QueryRights.All;

    /// <summary>A GET: what changes something is done, with a warning.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>
    /// The answer is written in chunks. The real server then shows both the error of a statement and, once for each that follows, "not executed"; otherwise the latter replaces the former.
    /// </summary>
    public bool IsChunked { get; init; }

    public QueryLimits Limits { get; init; } = new();

    /// <summary>The time after which the statements are stopped: "query-timeout limit exceeded". Zero for none.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How many requests of the tenant may run at a time: "max-concurrent-queries limit exceeded(n, limit)". 0 for any number.</summary>
    public int MaxConcurrent { get; init; }
}

/// <summary>The caller may not do what a statement does; nothing was executed. The message is the real server's, without its prefix "error authorizing query: ".</summary>
public sealed class QueryForbiddenException(string message) : Exception(message);
