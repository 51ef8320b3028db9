using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Execution;

/// <summary>A series, and from when until when (both within) and in which order it is read.</summary>
internal sealed record SeriesRange(QueryContext Query, SeriesInfo Series, long Start, long End, bool Ascending)
{
    /// <summary>The chunks of a field; in descending order the newest first, though times ascend within each.</summary>
    public IAsyncEnumerable<ColumnChunk> Scan(string field, CancellationToken cancellation) =>
        Query.Store.ScanAsync(Series, field, Start, End == long.MaxValue ? End : End + 1, !Ascending, cancellation);
}

/// <summary>Reads one field of one series as one type, chunk by chunk, in the order of the query.</summary>
internal sealed class FieldCursor(SeriesRange range, string field, FieldType type, CancellationToken cancellation) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ColumnChunk> chunks = range.Scan(field, cancellation).GetAsyncEnumerator(cancellation);
    private ReadOnlyMemory<long> times;
    private Column column = Column.Nothing(type, 0);

    public FieldType Type => type;

    /// <summary>The position in the chunk.</summary>
    public int At { get; private set; }

    /// <summary>How many points of the chunk are left; 0 only at the end or before the first <see cref="LoadAsync"/>.</summary>
    public int Left => times.Length - At;

    public bool Ended { get; private set; }

    public ReadOnlyMemory<long> Times => times[At..];

    public long Time => times.Span[At];

    /// <summary>The values of the chunk; the next is at <see cref="At"/>.</summary>
    public Column Column => column;

    /// <summary>Sees to it that points are loaded unless there are no more.</summary>
    public ValueTask LoadAsync() => Left > 0 || Ended ? ValueTask.CompletedTask : NextAsync();

    public void Skip(int count) => At += count;

    public Column Take(int count)
    {
        var taken = column.Slice(At, count);
        At += count;
        return taken;
    }

    public ValueTask DisposeAsync() => chunks.DisposeAsync();

    private async ValueTask NextAsync()
    {
        while (await chunks.MoveNextAsync())
        {
            var chunk = chunks.Current;
            if (!Types.CanCast(chunk.Type, type))
            {
                continue;
            }

            range.Query.Meter.Read(chunk.Count);
            (times, column, At) = (chunk.Times, Types.Cast(ColumnOf(chunk), type), 0);
            if (!range.Ascending)
            {
                var newestFirst = times.ToArray();
                Array.Reverse(newestFirst);
                (times, column) = (newestFirst, Batches.Reverse(column));
            }

            return;
        }

        (Ended, times, At) = (true, default, 0);
    }

    public static Column ColumnOf(ColumnChunk chunk) =>
        chunk.Type switch
        {
            FieldType.Float => Column.Of(chunk.Floats),
            FieldType.Integer => Column.Of(chunk.Integers),
            FieldType.Boolean => Column.Of(chunk.Booleans),
            _ => Column.Of(chunk.Strings),
        };
}
