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
    private const int FirstTurned = 64;

    private readonly IAsyncEnumerator<ColumnChunk> chunks = range.Scan(field, cancellation).GetAsyncEnumerator(cancellation);
    private ReadOnlyMemory<long> times;
    private Column column = Column.Nothing(type, 0);
    private (ReadOnlyMemory<long> Times, Column Column, int Count) unturned = (default, Column.Nothing(type, 0), 0);
    private int turned = FirstTurned;

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
        if (unturned.Count > 0)
        {
            Turn();
            return;
        }

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
                unturned = (times, column, chunk.Count);
                Turn();
            }

            return;
        }

        (Ended, times, At) = (true, default, 0);
    }

    /// <summary>The newest points that are left of a chunk, newest first: few in the beginning, since a LIMIT may want no more.</summary>
    private void Turn()
    {
        var count = Math.Min(turned, unturned.Count);
        turned = Math.Min(turned * 4, Batches.Most);
        var start = unturned.Count - count;
        var newestFirst = unturned.Times.Slice(start, count).ToArray();
        Array.Reverse(newestFirst);
        (times, column, At) = (newestFirst, Batches.Reverse(unturned.Column.Slice(start, count)), 0);
        unturned.Count = start;
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
