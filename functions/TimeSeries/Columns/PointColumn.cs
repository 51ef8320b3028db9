using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Columns;

/// <summary>Points of one field: times, the sequence of the run or row that each came from, and values. Grows by appending; is sorted where a reader asks.</summary>
/// <remarks>What stands in its arrays is never changed: appending writes behind it, sorting and removing make new arrays. So a part can be shared while the column goes on.</remarks>
internal sealed class PointColumn(FieldType type)
{
    private long[] times = [];
    private long[] sequences = [];
    private int offset;
    private bool shared;
    private bool sorted = true;

    public FieldType Type { get; } = type;

    public int Count { get; private set; }

    public ColumnValues Values { get; private set; } = ColumnValues.Of(type);

    /// <summary>The least time; of an empty column the greatest there is.</summary>
    public long MinTime { get; private set; } = long.MaxValue;

    /// <summary>The greatest time; of an empty column the least there is.</summary>
    public long MaxTime { get; private set; } = long.MinValue;

    public ReadOnlySpan<long> Times => times.AsSpan(offset, Count);

    public ReadOnlyMemory<long> TimeMemory => times.AsMemory(offset, Count);

    public ReadOnlySpan<long> Sequences => sequences.AsSpan(offset, Count);

    public void Append(ReadOnlySpan<long> moreTimes, ColumnValues source, int start, long sequence)
    {
        if (moreTimes.IsEmpty)
        {
            return;
        }

        Reserve(Count + moreTimes.Length);
        moreTimes.CopyTo(times.AsSpan(Count));
        sequences.AsSpan(Count, moreTimes.Length).Fill(sequence);
        Values.AddRange(source, start, moreTimes.Length);
        sorted = sorted && (Count == 0 || moreTimes[0] > MaxTime) && Ascend(moreTimes);
        if (sorted)
        {
            (MinTime, MaxTime) = (Count == 0 ? moreTimes[0] : MinTime, moreTimes[^1]);
        }
        else
        {
            Widen(moreTimes);
        }

        Count += moreTimes.Length;
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

        var keys = Times.ToArray();
        keys.AsSpan().Sort(order.AsSpan());
        var kept = 0;
        for (var (i, end) = (0, 0); i < order.Length; i = end)
        {
            for (end = i + 1; end < order.Length && keys[end] == keys[i]; )
            {
                end++;
            }

            order[kept++] = end == i + 1 ? order[i] : Newest(order.AsSpan(i, end - i));
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
        var ofTimes = Times;
        var ofSequences = Sequences;
        for (var i = 0; i < ofTimes.Length; i++)
        {
            if (!timeAndSequence(ofTimes[i], ofSequences[i]))
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

    /// <summary>Removes the points of the runs up to this one.</summary>
    /// <returns>How many it removed.</returns>
    public int RemoveThrough(long sequence)
    {
        if (Sequences.ContainsAnyInRange(sequence + 1, long.MaxValue))
        {
            return RemoveWhere((_, of) => of <= sequence);
        }

        var removed = Count;
        Keep([]);
        return removed;
    }

    /// <summary>The points of the runs up to this one, as they stand, on the same memory where it can be.</summary>
    public PointColumn Through(long sequence)
    {
        var copy = new PointColumn(Type) { shared = true };
        (copy.times, copy.sequences, copy.offset, copy.Count) = (times, sequences, offset, Count);
        (copy.Values, copy.sorted) = (Values.Share(0, Count), sorted);
        (copy.MinTime, copy.MaxTime) = (MinTime, MaxTime);
        if (Sequences.ContainsAnyInRange(sequence + 1, long.MaxValue))
        {
            copy.RemoveWhere((_, of) => of > sequence);
        }

        return copy;
    }

    /// <summary>The points of a sorted column from one position to before another, on the same memory. What becomes of either is not seen by the other.</summary>
    public PointColumn Slice(int start, int end)
    {
        var slice = new PointColumn(Type) { shared = true };
        if (start < end)
        {
            (slice.times, slice.sequences, slice.offset, slice.Count) = (times, sequences, offset + start, end - start);
            slice.Values = Values.Share(start, end - start);
            (slice.MinTime, slice.MaxTime) = (slice.Times[0], slice.Times[^1]);
        }

        return slice;
    }

    public void AppendAll(PointColumn other)
    {
        for (var i = 0; i < other.Count; )
        {
            var end = i + 1;
            while (end < other.Count && other.Sequences[end] == other.Sequences[i])
            {
                end++;
            }

            Append(other.Times[i..end], other.Values, i, other.Sequences[i]);
            i = end;
        }
    }

    /// <summary>The first position, in a sorted column, whose time is not before <paramref name="time"/>.</summary>
    public int LowerBound(long time)
    {
        var at = Times.BinarySearch(time);
        return at >= 0 ? at : ~at;
    }

    /// <summary>Of positions of one time, that of the highest sequence, and of those the last.</summary>
    private int Newest(ReadOnlySpan<int> positions)
    {
        var of = Sequences;
        var newest = positions[0];
        foreach (var position in positions[1..])
        {
            if (of[position] > of[newest] || (of[position] == of[newest] && position > newest))
            {
                newest = position;
            }
        }

        return newest;
    }

    private static bool Ascend(ReadOnlySpan<long> times)
    {
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] <= times[i - 1])
            {
                return false;
            }
        }

        return true;
    }

    private void Widen(ReadOnlySpan<long> times)
    {
        foreach (var time in times)
        {
            (MinTime, MaxTime) = (Math.Min(MinTime, time), Math.Max(MaxTime, time));
        }
    }

    private void Reserve(int needed)
    {
        if (!shared && times.Length >= needed)
        {
            return;
        }

        var size = Count == 0 ? needed : Math.Max(needed, Count * 2);
        var (newTimes, newSequences) = (GC.AllocateUninitializedArray<long>(size), GC.AllocateUninitializedArray<long>(size));
        Times.CopyTo(newTimes);
        Sequences.CopyTo(newSequences);
        (times, sequences, offset, shared) = (newTimes, newSequences, 0, false);
    }

    private void Keep(ReadOnlySpan<int> positions)
    {
        var (newTimes, newSequences) = (new long[positions.Length], new long[positions.Length]);
        var oldTimes = Times;
        var oldSequences = Sequences;
        for (var i = 0; i < positions.Length; i++)
        {
            newTimes[i] = oldTimes[positions[i]];
            newSequences[i] = oldSequences[positions[i]];
        }

        Values = Values.Gather(positions);
        (times, sequences, Count, offset, shared) = (newTimes, newSequences, positions.Length, 0, false);
        (MinTime, MaxTime) = (long.MaxValue, long.MinValue);
        Widen(newTimes);
    }
}
