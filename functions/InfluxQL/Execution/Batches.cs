namespace Serverless.InfluxQL.Execution;

/// <summary>Parts of batches.</summary>
internal static class Batches
{
    /// <summary>Points that a batch has at most where an operator makes it: enough to be worth a call, few enough to stay in the cache.</summary>
    public const int Most = 4096;

    public static Batch Slice(this Batch batch, int start, int count) =>
        start == 0 && count == batch.Count
            ? batch
            : new Batch(batch.Times.Slice(start, count), Array.ConvertAll(batch.Columns, column => column.Slice(start, count)));

    /// <summary>The points that pass; the batch itself where all do, null where none does.</summary>
    public static Batch? Where(this Batch batch, ReadOnlySpan<bool> passes)
    {
        var count = passes.Count(true);
        if (count == batch.Count || count == 0)
        {
            return count == 0 ? null : batch;
        }

        var times = new long[count];
        var builders = Array.ConvertAll(batch.Columns, column => new ColumnBuilder(column.Type, count));
        var filled = 0;
        for (var start = 0; filled < count; )
        {
            start += passes[start..].IndexOf(true);
            var length = passes[start..].IndexOf(false);
            length = length < 0 ? passes.Length - start : length;
            batch.Times.Span.Slice(start, length).CopyTo(times.AsSpan(filled));
            for (var i = 0; i < builders.Length; i++)
            {
                builders[i].AddRange(batch.Columns[i], start, length);
            }

            filled += length;
            start += length;
        }

        return new Batch(times, Array.ConvertAll(builders, builder => builder.ToColumn()));
    }

    /// <summary>The points in the opposite order.</summary>
    public static Column Reverse(Column column)
    {
        var builder = new ColumnBuilder(column.Type, column.Count);
        for (var i = column.Count - 1; i >= 0; i--)
        {
            builder.Add(column, i);
        }

        return builder.ToColumn();
    }

    /// <summary>The first position from <paramref name="from"/> on whose time is out of the window. Times are in the order of the query and at <paramref name="from"/> one is within.</summary>
    /// <param name="times">The times.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="window">The window.</param>
    /// <param name="ascending">The order of the times.</param>
    /// <param name="guess">How many points are expected to be within: that of the window before, since most series are regular.</param>
    public static int EndOf(ReadOnlySpan<long> times, int from, TimeWindow window, bool ascending, int guess)
    {
        // Doubling steps around the guess, then halving between the last within and the first without.
        var (low, high) = (from, times.Length);
        var at = Math.Min(from + Math.Max(guess, 1), times.Length);
        for (var step = 1; ; step *= 2)
        {
            if (IsIn(times[at - 1], window, ascending))
            {
                low = Math.Max(low, at - 1);
                if (at == times.Length || !IsIn(times[at], window, ascending))
                {
                    return at;
                }

                at = Math.Min(at + step, times.Length);
            }
            else
            {
                high = at - 1;
                break;
            }
        }

        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (IsIn(times[middle], window, ascending))
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    private static bool IsIn(long time, TimeWindow window, bool ascending) => ascending ? time < window.End : time >= window.Start;
}
