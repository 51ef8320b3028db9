namespace Serverless.Domain.Tenants;

/// <summary>What a tenant's queries may cost, so that none of them starves the others. 0 is no bound.</summary>
public sealed record QuerySettings
{
    /// <summary>Rows of an answer in one piece; those beyond are cut off. Answers are streamed, so that many rows cost time alone.</summary>
    public int MaxRows { get; init; }

    /// <summary>Windows of GROUP BY time in one statement. A year of seconds is 31 million, and each may become a row.</summary>
    public int MaxBuckets { get; init; } = 10_000_000;

    /// <summary>Series that a statement reads.</summary>
    public int MaxSeries { get; init; } = 1_000_000;

    /// <summary>Points that a statement reads.</summary>
    public long MaxPoints { get; init; }

    /// <summary>Bytes that a statement holds at a time.</summary>
    public long MaxMemory { get; init; } = 256 << 20;

    /// <summary>Seconds that a request's statements may take.</summary>
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>Requests that run at a time.</summary>
    public int MaxConcurrent { get; init; } = 100;

    /// <summary>Characters of a query; at least 1.</summary>
    public int MaxLength { get; init; } = 1 << 20;

    /// <summary>Parentheses, calls and subqueries within one another; at least 1. The stack bounds it as well.</summary>
    public int MaxDepth { get; init; } = 100;
}
