using System.IO.Pipelines;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes CSV: a block with a head for each statement that has series. Times are numbers, in nanoseconds where no unit is asked for. The real server says nothing of a statement that fails.</summary>
internal sealed class CsvResultWriter(PipeWriter pipe, ResultOptions options) : ResultWriter
{
    private const int StepRows = 256;

    private readonly ResultBuffer output = new(pipe);
    private readonly TimeFormatter times = new(Math.Max(1, options.EpochUnit));
    private readonly int maxRows = options.ChunkSize > 0 ? 0 : options.MaxRows;
    private int statement;
    private int rows;
    private int headOf = -1;
    private IReadOnlyList<string> columns = [];
    private string name = "";
    private string tags = "";
    private (long Position, int Rows, int HeadOf) mark;

    private bool IsFull => maxRows > 0 && rows >= maxRows;

    public override ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation)
    {
        ThrowIfFull();
        this.statement = statement;
        mark = (output.Position, rows, headOf);
        return ValueTask.CompletedTask;
    }

    public override ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation)
    {
        ThrowIfFull();
        if (headOf != statement || !columns.SequenceEqual(header.Columns))
        {
            WriteHead(header.Columns);
        }

        name = header.Name ?? "";
        tags = CsvText.TagsOf(header.Tags ?? GroupTags.None);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            ThrowIfFull();
            WriteRow(rows, row);
            this.rows++;
            if (row % StepRows == 0 && output.IsFull)
            {
                await output.SendAsync(cancellation);
            }
        }
    }

    public override void Warn(string text) { }

    public override async ValueTask EndAsync(string? error, CancellationToken cancellation)
    {
        if (error is not null && !IsFull)
        {
            Fail(error);
        }

        if (output.IsFull || options.ChunkSize > 0)
        {
            await output.SendAsync(cancellation);
        }
    }

    public override ValueTask CompleteAsync(CancellationToken cancellation) => output.SendAsync(cancellation);

    /// <summary>A statement that fails leaves nothing; but where rows are on their way already, nobody shall take them for all there are.</summary>
    private void Fail(string error)
    {
        if (output.TryRewind(mark.Position))
        {
            (_, rows, headOf) = mark;
            return;
        }

        output.Write((byte)'\n');
        CsvText.WriteError(output, error);
    }

    private void ThrowIfFull()
    {
        if (IsFull)
        {
            throw new ResultsFullException();
        }
    }

    private void WriteHead(IReadOnlyList<string> next)
    {
        if (headOf >= 0)
        {
            output.Write((byte)'\n');
        }

        (headOf, columns) = (statement, next);
        output.Write("name,tags"u8);
        foreach (var column in next)
        {
            output.Write((byte)',');
            CsvText.WriteField(output, column);
        }

        output.Write((byte)'\n');
    }

    private void WriteRow(RowBlock block, int row)
    {
        CsvText.WriteField(output, name);
        output.Write((byte)',');
        CsvText.WriteField(output, tags);
        if (!block.Times.IsEmpty)
        {
            output.Write((byte)',');
            output.Advance(times.Format(block.Times.Span[row], output.Reserve(TimeFormatter.MaxLength)));
        }

        foreach (var column in block.Columns)
        {
            output.Write((byte)',');
            CsvText.WriteCell(output, column, row);
        }

        output.Write((byte)'\n');
    }
}
