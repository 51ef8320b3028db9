namespace Serverless.InfluxQL.Results;

/// <summary>The forms of an answer.</summary>
public enum ResultFormat
{
    Json,
    Csv,
    MessagePack,
}

/// <summary>How an answer is written.</summary>
public sealed record ResultOptions
{
    public ResultFormat Format { get; init; }

    /// <summary>JSON over many lines.</summary>
    public bool IsPretty { get; init; }

    /// <summary>Nanoseconds of the unit that times are counted in; 0 for times as text.</summary>
    public long EpochUnit { get; init; }

    /// <summary>The most rows of a chunk; 0 for an answer in one piece.</summary>
    public int ChunkSize { get; init; }

    /// <summary>The most rows of an answer in one piece; 0 for no bound.</summary>
    public int MaxRows { get; init; }
}

/// <summary>The answer has as many rows as it may have: what is left of the query need not run.</summary>
public sealed class ResultsFullException() : OperationCanceledException("The answer has as many rows as it may have.");
