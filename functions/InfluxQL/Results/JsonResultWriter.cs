using System.IO.Pipelines;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes JSON: one object, or one on each line for a chunked answer.</summary>
internal sealed class JsonResultWriter : ResultWriter
{
    // Rows between two looks at whether it is time to send.
    private const int StepRows = 256;

    private readonly ResultOptions options;
    private readonly ResultBuffer output;
    private readonly JsonLayout layout;
    private readonly TimeFormatter times;
    private readonly JsonRows cells;
    private readonly List<string> warnings = [];
    private int statement;
    private int rows;

    // What is open: the whole answer or a chunk; in it a statement's result; in it the series, one of which has rows.
    private bool inAnswer;
    private bool inResult;
    private bool inSeries;
    private SeriesHeader? series;
    private int seriesRows;
    private (long, int, bool) resultMark;
    private int resultMarkRows;

    public JsonResultWriter(PipeWriter pipe, ResultOptions options)
    {
        this.options = options;
        output = new ResultBuffer(pipe);
        layout = new JsonLayout(output, options.IsPretty);
        times = new TimeFormatter(options.EpochUnit);
        cells = new JsonRows(output, layout, times);
    }

    private bool IsChunked => options.ChunkSize > 0;

    private bool IsFull => !IsChunked && options.MaxRows > 0 && rows >= options.MaxRows;

    public static void WriteError(ResultBuffer output, bool pretty, string message)
    {
        var whole = new JsonLayout(output, pretty);
        whole.Open('{');
        whole.Member("error"u8, message);
        whole.Close('}');
        whole.EndLine();
    }

    public override ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation)
    {
        ThrowIfFull();
        this.statement = statement;
        times.Use(zone);
        if (!IsChunked)
        {
            OpenAnswer();
            (resultMark, resultMarkRows) = (layout.Mark, rows);
            OpenResult();
        }

        return ValueTask.CompletedTask;
    }

    public override async ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation)
    {
        ThrowIfFull();
        if (IsChunked && header.IsChunked && inAnswer)
        {
            CloseSeries(partial: false);
            await EndChunkAsync(partial: true, cancellation);
        }

        CloseSeries(partial: false);
        OpenSeries(header);
    }

    public override async ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation)
    {
        var start = 0;
        while (start < rows.Count)
        {
            var count = Math.Min(StepRows, rows.Count - start);
            if (IsChunked && series!.IsChunked)
            {
                if (seriesRows == options.ChunkSize)
                {
                    var header = series;
                    CloseSeries(partial: true);
                    await EndChunkAsync(partial: true, cancellation);
                    OpenSeries(header!);
                }

                count = Math.Min(count, options.ChunkSize - seriesRows);
            }
            else if (!IsChunked && options.MaxRows > 0)
            {
                count = Math.Min(count, options.MaxRows - this.rows);
                if (count == 0)
                {
                    CloseSeries(partial: true);
                    throw new ResultsFullException();
                }
            }

            Write(rows, start, count);
            start += count;
            if (output.IsFull)
            {
                await output.SendAsync(cancellation);
            }
        }
    }

    public override void Warn(string text) => warnings.Add(text);

    public override async ValueTask EndAsync(string? error, CancellationToken cancellation)
    {
        if (error is null || IsFull)
        {
            CloseSeries(partial: false);
            OpenAnswer();
            OpenResult();
            CloseResult(null, partial: false);
        }
        else if (IsChunked)
        {
            if (inAnswer)
            {
                CloseSeries(partial: false);
                await EndChunkAsync(partial: true, cancellation);
            }

            OpenAnswer();
            OpenResult();
            CloseResult(error, partial: false);
        }
        else
        {
            Fail(error);
        }

        warnings.Clear();
        if (IsChunked)
        {
            await EndAnswerAsync(cancellation);
        }
        else if (output.IsFull)
        {
            await output.SendAsync(cancellation);
        }
    }

    public override async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        CloseSeries(partial: false);
        if (inResult)
        {
            CloseResult(null, partial: false);
        }

        if (inAnswer)
        {
            await EndAnswerAsync(cancellation);
        }
        else if (output.Position == 0)
        {
            // No statement at all.
            layout.Open('{');
            layout.Close('}');
            layout.EndLine();
            await output.SendAsync(cancellation);
        }
    }

    /// <summary>An error replaces what the statement has given, unless some of that is on its way already: then it stands behind it.</summary>
    private void Fail(string error)
    {
        warnings.Clear();
        if (layout.TryRewind(resultMark))
        {
            (inResult, inSeries, series, rows) = (false, false, null, resultMarkRows);
            OpenResult();
        }

        CloseSeries(partial: true);
        CloseResult(error, partial: false);
    }

    private void ThrowIfFull()
    {
        if (IsFull)
        {
            CloseSeries(partial: false);
            throw new ResultsFullException();
        }
    }

    private void OpenAnswer()
    {
        if (!inAnswer)
        {
            inAnswer = true;
            layout.Open('{');
            layout.Member("results"u8);
            layout.Open('[');
        }
    }

    private void OpenResult()
    {
        if (!inResult)
        {
            inResult = true;
            layout.Next();
            layout.Open('{');
            layout.Member("statement_id"u8, statement);
        }
    }

    private void OpenSeries(SeriesHeader header)
    {
        OpenAnswer();
        OpenResult();
        if (!inSeries)
        {
            inSeries = true;
            layout.Member("series"u8);
            layout.Open('[');
        }

        (series, seriesRows) = (header, 0);
        layout.Next();
        layout.Open('{');
        if (!string.IsNullOrEmpty(header.Name))
        {
            layout.Member("name"u8, header.Name);
        }

        WriteTags(header.Tags ?? GroupTags.None);
        layout.Member("columns"u8);
        layout.Open('[');
        foreach (var column in header.Columns)
        {
            layout.Next();
            GoText.WriteString(output, column);
        }

        layout.Close(']');
    }

    private void WriteTags(GroupTags tags)
    {
        if (tags.Keys.Length == 0)
        {
            return;
        }

        layout.Member("tags"u8);
        layout.Open('{');
        for (var i = 0; i < tags.Keys.Length; i++)
        {
            layout.Member(tags.Keys[i]);
            GoText.WriteString(output, tags.Values[i]);
        }

        layout.Close('}');
    }

    private void Write(RowBlock block, int start, int count)
    {
        if (seriesRows == 0)
        {
            layout.Member("values"u8);
            layout.Open('[');
        }

        cells.Write(block, start, count);
        seriesRows += count;
        rows += count;
    }

    private void CloseSeries(bool partial)
    {
        if (series is null)
        {
            return;
        }

        if (seriesRows > 0)
        {
            layout.Close(']');
        }

        if (partial || (!IsChunked && series.IsChunked && seriesRows > PieceRows))
        {
            layout.True("partial"u8);
        }

        layout.Close('}');
        series = null;
    }

    private void CloseResult(string? error, bool partial)
    {
        if (inSeries)
        {
            inSeries = false;
            layout.Close(']');
        }

        if (warnings.Count > 0 && error is null)
        {
            WriteWarnings();
        }

        if (partial)
        {
            layout.True("partial"u8);
        }

        if (error is not null)
        {
            layout.Member("error"u8, error);
        }

        layout.Close('}');
        inResult = false;
    }

    private void WriteWarnings()
    {
        layout.Member("messages"u8);
        layout.Open('[');
        foreach (var warning in warnings)
        {
            layout.Next();
            layout.Open('{');
            layout.Member("level"u8, "warning");
            layout.Member("text"u8, warning);
            layout.Close('}');
        }

        layout.Close(']');
        warnings.Clear();
    }

    private ValueTask EndChunkAsync(bool partial, CancellationToken cancellation)
    {
        CloseResult(null, partial);
        return EndAnswerAsync(cancellation);
    }

    private ValueTask EndAnswerAsync(CancellationToken cancellation)
    {
        layout.Close(']');
        layout.Close('}');
        layout.EndLine();
        inAnswer = false;
        return output.SendAsync(cancellation);
    }
}
