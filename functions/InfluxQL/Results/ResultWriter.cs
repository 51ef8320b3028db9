using System.IO.Pipelines;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes the answer of a query while it comes, in the real server's bytes.</summary>
/// <remarks>
/// Where it throws <see cref="ResultsFullException"/> the query is to end; <see cref="CompleteAsync"/> then closes what is open. It throws
/// <see cref="OperationCanceledException"/> where the client has gone away.
/// </remarks>
public abstract class ResultWriter : IResultSink
{
    /// <summary>Where the real server starts a new piece of an answer; a series that goes over it says "partial" even where the pieces are put together again.</summary>
    protected const int PieceRows = 10_000;

    public static ResultWriter Create(PipeWriter output, ResultOptions options) =>
        options.Format switch
        {
            ResultFormat.Csv => new CsvResultWriter(output, options),
            ResultFormat.MessagePack => new MessagePackResultWriter(output, options),
            _ => new JsonResultWriter(output, options),
        };

    /// <summary>The answer to a request that no query came of: {"error":"…"} or its like.</summary>
    public static async ValueTask WriteErrorAsync(PipeWriter output, ResultOptions options, string message, CancellationToken cancellation)
    {
        var buffer = new ResultBuffer(output);
        switch (options.Format)
        {
            case ResultFormat.Csv:
                CsvText.WriteError(buffer, message);
                break;
            case ResultFormat.MessagePack:
                MessagePackText.WriteError(buffer, message);
                break;
            default:
                JsonResultWriter.WriteError(buffer, options.IsPretty, message);
                break;
        }

        await buffer.SendAsync(cancellation);
    }

    public abstract ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation);

    public abstract ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation);

    public abstract ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation);

    public abstract void Warn(string text);

    public abstract ValueTask EndAsync(string? error, CancellationToken cancellation);

    /// <summary>Ends the answer, however far it has come.</summary>
    public abstract ValueTask CompleteAsync(CancellationToken cancellation);
}
