using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Columns;

/// <summary>Points of one field: times, the sequence of the run or row that each came from, and values. Grows by appending; is sorted where a reader asks.</summary>
internal sealed class PointColumn(FieldType type)
{
    private long[] times = [];
    private long[] sequences = [];
    private bool sorted = true;

    public FieldType Type { get; } = type;

    public int Count { get; private set; }

    public ColumnValues Values { get; private set; } = ColumnValues.Of(type);

    public ReadOnlySpan<long> Times => times.AsSpan(0, Count);

    public ReadOnlyMemory<long> TimeMemory => times.AsMemory(0, Count);

    public ReadOnlySpan<long> Sequences => sequences.AsSpan(0, Count);

    public void Append(ReadOnlySpan<long> moreTimes, ColumnValues source, int start, long sequence)
    {
        var needed = Count + moreTimes.Length;
        if (times.Length < needed)
        {
            var size = Count == 0 ? needed : Math.Max(needed, Count * 2);
            Array.Resize(ref times, size);
            Array.Resize(ref sequences, size);
        }

        moreTimes.CopyTo(times.AsSpan(Count));
        sequences.AsSpan(Count, moreTimes.Length).Fill(sequence);
        Values.AddRange(source, start, moreTimes.Length);
        for (var i = Count; i < needed && sorted; i++)
        {
            sorted = i == 0 || times[i] > times[i - 1];
        }

        Count = needed;
    }

    /// <summary>Puts the points in order of time, one a time: of several, that of the highest sequence, and of those the last appended.</summary>
    public void Sort()
    {
        if (sorted)
        {
            return;
        }

        var order = new int[Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        var (t, s) = (times, sequences);
        order
            .AsSpan()
            .Sort(
                (a, b) =>
                    t[a] != t[b] ? t[a].CompareTo(t[b])
                    : s[a] != s[b] ? s[a].CompareTo(s[b])
                    : a.CompareTo(b)
            );
        var kept = 0;
        for (var i = 0; i < order.Length; i++)
        {
            if (i + 1 == order.Length || t[order[i + 1]] != t[order[i]])
            {
                order[kept++] = order[i];
            }
        }

        Keep(order.AsSpan(0, kept));
        sorted = true;
    }

    /// <summary>Removes the points for which the test holds.</summary>
    /// <returns>How many it removed.</returns>
    public int RemoveWhere(Func<long, long, bool> timeAndSequence)
    {
        var kept = new int[Count];
        var count = 0;
        for (var i = 0; i < Count; i++)
        {
            if (!timeAndSequence(times[i], sequences[i]))
            {
                kept[count++] = i;
            }
        }

        var removed = Count - count;
        if (removed > 0)
        {
            Keep(kept.AsSpan(0, count));
        }

        return removed;
    }

    /// <summary>A copy of the points from one position to before another.</summary>
    public PointColumn Slice(int start, int end)
    {
        var slice = new PointColumn(Type);
        slice.times = times[start..end];
        slice.sequences = sequences[start..end];
        slice.Values.AddRange(Values, start, end - start);
        slice.Count = end - start;
        slice.sorted = sorted;
        return slice;
    }

    public void AppendAll(PointColumn other)
    {
        for (var i = 0; i < other.Count; )
        {
            var end = i + 1;
            while (end < other.Count && other.sequences[end] == other.sequences[i])
            {
                end++;
            }

            Append(other.Times[i..end], other.Values, i, other.sequences[i]);
            i = end;
        }
    }

    /// <summary>The first position, in a sorted column, whose time is not before <paramref name="time"/>.</summary>
    public int LowerBound(long time)
    {
        var at = Times.BinarySearch(time);
        return at >= 0 ? at : ~at;
    }

    private void Keep(ReadOnlySpan<int> positions)
    {
        var (newTimes, newSequences) = (new long[positions.Length], new long[positions.Length]);
        for (var i = 0; i < positions.Length; i++)
        {
            newTimes[i] = times[positions[i]];
            newSequences[i] = sequences[positions[i]];
        }

        Values = Values.Gather(positions);
        (times, sequences, Count) = (newTimes, newSequences, positions.Length);
    }
}
