using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Results;

/// <summary>What heads the rows of one series of an answer.</summary>
/// <param name="Name">The measurement; null for none.</param>
/// <param name="Tags">The tags; null for none.</param>
/// <param name="Columns">The columns' names.</param>
/// <param name="HasTime">Whether the first column is the time of <see cref="RowBlock.Times"/>.</param>
public sealed record SeriesHeader(string? Name, GroupTags? Tags, IReadOnlyList<string> Columns, bool HasTime)
{
    /// <summary>Whether a chunked answer cuts the series into its chunks: SELECT, and the SHOW statements that the real server makes one of (SERIES, FIELD KEYS, exact cardinalities). The others come whole.</summary>
    public bool IsChunked { get; init; } = HasTime;
}

/// <summary>Rows of one series.</summary>
/// <param name="Count">How many; at least one.</param>
/// <param name="Times">Their times in nanoseconds since 1970; empty where the header has none.</param>
/// <param name="Columns">The columns besides the time.</param>
public sealed record RowBlock(int Count, ReadOnlyMemory<long> Times, IReadOnlyList<Column> Columns);

/// <summary>Takes the results of a query as they come, and holds up whoever brings them where the client is slow. For one statement after the other.</summary>
public interface IResultSink
{
    /// <summary>Begins the result of a statement.</summary>
    /// <param name="statement">Its number, from 0.</param>
    /// <param name="zone">The time zone that its times are written in; null for UTC.</param>
    /// <param name="cancellation">Cancels it.</param>
    ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation);

    /// <summary>Begins a series of the result; rows that follow are of it.</summary>
    ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation);

    ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation);

    /// <summary>Adds a message of the level "warning".</summary>
    void Warn(string text);

    /// <summary>Ends the result of a statement.</summary>
    /// <param name="error">Why it failed, or null.</param>
    /// <param name="cancellation">Cancels it.</param>
    ValueTask EndAsync(string? error, CancellationToken cancellation);
}
