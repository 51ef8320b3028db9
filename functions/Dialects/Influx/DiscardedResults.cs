using Serverless.InfluxQL.Results;

namespace Serverless.Dialects.Influx;

/// <summary>Takes the results of a query that nobody waits for.</summary>
internal sealed class DiscardedResults : IResultSink
{
    public ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation) => ValueTask.CompletedTask;

    public void Warn(string text) { }

    public ValueTask EndAsync(string? error, CancellationToken cancellation) => ValueTask.CompletedTask;
}
