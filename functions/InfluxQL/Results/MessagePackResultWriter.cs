using System.IO.Pipelines;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes MessagePack. Counts stand before what they count, so that an answer (or a chunk) is gathered before it is sent: it may have <see cref="MaxBytes"/>.</summary>
internal sealed class MessagePackResultWriter(PipeWriter pipe, ResultOptions options) : ResultWriter
{
    private const int MaxBytes = 256 << 20;

    private readonly ResultBuffer output = new(pipe);
    private readonly ByteBuffer results = new();
    private readonly ByteBuffer finished = new();
    private readonly ByteBuffer current = new();
    private readonly List<string> warnings = [];
    private int statement;
    private int resultCount;
    private int rows;
    private int markRows;
    private int seriesCount;
    private SeriesHeader? series;
    private int seriesRows;
    private bool isBegun;

    private bool IsChunked => options.ChunkSize > 0;

    private bool IsFull => !IsChunked && options.MaxRows > 0 && rows >= options.MaxRows;

    public override ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation)
    {
        ThrowIfFull();
        (this.statement, markRows, isBegun) = (statement, rows, true);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation)
    {
        ThrowIfFull();
        if (IsChunked && header.IsChunked && series is not null)
        {
            CloseSeries(partial: false);
            await EndChunkAsync(cancellation);
        }

        CloseSeries(partial: false);
        (series, seriesRows) = (header, 0);
    }

    public override async ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            if (IsFull)
            {
                CloseSeries(partial: true);
                throw new ResultsFullException();
            }

            if (IsChunked && series!.IsChunked && seriesRows == options.ChunkSize)
            {
                var header = series;
                CloseSeries(partial: true);
                await EndChunkAsync(cancellation);
                (series, seriesRows) = (header, 0);
            }

            WriteRow(rows, row);
        }

        if ((long)current.Count + finished.Count + results.Count > MaxBytes)
        {
            throw new QueryException("the answer is too large for application/x-msgpack, ask for chunks or for JSON");
        }
    }

    public override void Warn(string text) => warnings.Add(text);

    public override async ValueTask EndAsync(string? error, CancellationToken cancellation)
    {
        if (error is null || IsFull)
        {
            CloseSeries(partial: false);
            CloseResult(partial: false);
        }
        else
        {
            Fail(error);
        }

        (isBegun, seriesCount) = (false, 0);
        warnings.Clear();
        if (IsChunked)
        {
            await SendAsync(cancellation);
        }
    }

    public override async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        if (isBegun)
        {
            CloseSeries(partial: false);
            CloseResult(partial: false);
        }

        if (!IsChunked)
        {
            await SendAsync(cancellation);
        }
    }

    private void Fail(string error)
    {
        finished.Truncate(0);
        current.Truncate(0);
        (series, rows) = (null, markRows);
        resultCount++;
        MessagePackText.WriteError(results, error);
    }

    private void ThrowIfFull()
    {
        if (IsFull)
        {
            CloseSeries(partial: false);
            throw new ResultsFullException();
        }
    }

    private void WriteRow(RowBlock block, int row)
    {
        MessagePackText.WriteArray(current, block.Columns.Count + (block.Times.IsEmpty ? 0 : 1));
        if (!block.Times.IsEmpty)
        {
            WriteTime(block.Times.Span[row]);
        }

        foreach (var column in block.Columns)
        {
            MessagePackText.WriteCell(current, column, row);
        }

        seriesRows++;
        rows++;
    }

    private void WriteTime(long time)
    {
        if (options.EpochUnit > 0)
        {
            MessagePackText.WriteInteger(current, time / options.EpochUnit);
        }
        else
        {
            MessagePackText.WriteTime(current, time);
        }
    }

    private void CloseSeries(bool partial)
    {
        if (series is null)
        {
            return;
        }

        partial |= !IsChunked && series.IsChunked && seriesRows > PieceRows;
        var tags = series.Tags ?? GroupTags.None;
        var hasName = !string.IsNullOrEmpty(series.Name);
        MessagePackText.WriteMap(finished, 2 + (hasName ? 1 : 0) + (tags.Keys.Length > 0 ? 1 : 0) + (partial ? 1 : 0));
        if (hasName)
        {
            MessagePackText.WriteString(finished, "name");
            MessagePackText.WriteString(finished, series.Name!);
        }

        WriteTags(tags);
        MessagePackText.WriteString(finished, "columns");
        MessagePackText.WriteArray(finished, series.Columns.Count);
        foreach (var column in series.Columns)
        {
            MessagePackText.WriteString(finished, column);
        }

        MessagePackText.WriteString(finished, "values");
        MessagePackText.WriteArray(finished, seriesRows);
        finished.Write(current.Written.Span);
        WritePartial(finished, partial);
        current.Truncate(0);
        seriesCount++;
        series = null;
    }

    private void WriteTags(GroupTags tags)
    {
        if (tags.Keys.Length == 0)
        {
            return;
        }

        MessagePackText.WriteString(finished, "tags");
        MessagePackText.WriteMap(finished, tags.Keys.Length);
        for (var i = 0; i < tags.Keys.Length; i++)
        {
            MessagePackText.WriteString(finished, tags.Keys[i]);
            MessagePackText.WriteString(finished, tags.Values[i]);
        }
    }

    private void CloseResult(bool partial)
    {
        MessagePackText.WriteMap(results, 2 + (warnings.Count > 0 ? 1 : 0) + (partial ? 1 : 0));
        MessagePackText.WriteString(results, "statement_id");
        MessagePackText.WriteInteger(results, statement);
        if (warnings.Count > 0)
        {
            WriteWarnings();
        }

        MessagePackText.WriteString(results, "series");
        MessagePackText.WriteArray(results, seriesCount);
        results.Write(finished.Written.Span);
        WritePartial(results, partial);
        finished.Truncate(0);
        seriesCount = 0;
        resultCount++;
    }

    private void WriteWarnings()
    {
        MessagePackText.WriteString(results, "messages");
        MessagePackText.WriteArray(results, warnings.Count);
        foreach (var warning in warnings)
        {
            MessagePackText.WriteMap(results, 2);
            MessagePackText.WriteString(results, "level");
            MessagePackText.WriteString(results, "warning");
            MessagePackText.WriteString(results, "text");
            MessagePackText.WriteString(results, warning);
        }

        warnings.Clear();
    }

    private static void WritePartial(ByteBuffer target, bool partial)
    {
        if (partial)
        {
            MessagePackText.WriteString(target, "partial");
            MessagePackText.WriteTrue(target);
        }
    }

    private ValueTask EndChunkAsync(CancellationToken cancellation)
    {
        CloseResult(partial: true);
        return SendAsync(cancellation);
    }

    private ValueTask SendAsync(CancellationToken cancellation)
    {
        MessagePackText.WriteMap(output, 1);
        MessagePackText.WriteString(output, "results");
        MessagePackText.WriteArray(output, resultCount);
        output.Write(results.Written.Span);
        results.Truncate(0);
        resultCount = 0;
        return output.SendAsync(cancellation);
    }
}
