using System.Runtime.InteropServices;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>Takes the points of one window of one group, in order of time, and gives those that stand for it: an aggregate or a selector.</summary>
/// <remarks>The first column of what it takes is the value, which is never absent; the others go along. What it gives has the same number of columns.</remarks>
public abstract class Reducer
{
    /// <summary>Takes points <paramref name="start"/> to before <paramref name="end"/> of a batch.</summary>
    public abstract void Add(Batch batch, int start, int end);

    /// <summary>Gives its points, and starts anew. It has been given at least one point; it may give none, and gives several in order of time, also where the query's order is descending.</summary>
    public abstract void Emit(PointWriter output);

    /// <summary>Bytes that it keeps for the points of this window, about: what grows with their number. Constant space is 0.</summary>
    public virtual long Held => 0;
}

/// <summary>Takes the points of one group one after the other and gives points for them: derivative, moving average and the like. Values are never absent.</summary>
public abstract class Transformer
{
    public abstract void Transform(Batch batch, PointWriter output);

    /// <summary>Gives what can be given only after the last point.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellation">Stops what takes long.</param>
    public virtual void Finish(PointWriter output, CancellationToken cancellation) { }
}

/// <summary>Where functions put their points.</summary>
public sealed class PointWriter(FieldType type, FieldType[] along)
{
    /// <summary>The time of a point that has none of its own: that of its window stands for it.</summary>
    public const long NoTime = long.MinValue;

    private ColumnBuilder[] columns = Builders(type, along);
    private List<long> times = [];

    public int Count => times.Count;

    /// <summary>The value's column, to which one value is added for every point.</summary>
    public ColumnBuilder Value => columns[0];

    public int AlongCount => along.Length;

    /// <summary>Begins a point whose columns besides the value are absent; its value is added to <see cref="Value"/>.</summary>
    public void Add(long time)
    {
        times.Add(time);
        foreach (var column in columns.AsSpan(1))
        {
            column.AddAbsent();
        }
    }

    /// <summary>Begins a point that brings along the other columns of a point of a batch; its value is added to <see cref="Value"/>.</summary>
    public void Add(long time, Batch source, int index)
    {
        times.Add(time);
        for (var i = 1; i < columns.Length; i++)
        {
            columns[i].Add(source.Columns[i], index);
        }
    }

    /// <summary>Begins a point with these for its other columns; its value is added to <see cref="Value"/>.</summary>
    public void Add(long time, ReadOnlySpan<FieldValue> others)
    {
        times.Add(time);
        for (var i = 1; i < columns.Length; i++)
        {
            columns[i].Add(others[i - 1]);
        }
    }

    /// <summary>Gives points their window's time.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="all">Whether all get it, or only those without a time of their own.</param>
    /// <param name="time">The time.</param>
    public void Stamp(int from, bool all, long time)
    {
        foreach (ref var stamped in CollectionsMarshal.AsSpan(times)[from..])
        {
            stamped = all || stamped == NoTime ? time : stamped;
        }
    }

    /// <summary>Gives points that have times of their own others in place of these.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="change">Makes the new time of the old one.</param>
    public void Restamp(int from, Func<long, long> change)
    {
        foreach (ref var stamped in CollectionsMarshal.AsSpan(times)[from..])
        {
            stamped = stamped == NoTime ? NoTime : change(stamped);
        }
    }

    /// <summary>The points so far, as a batch, or null for none; the writer starts anew.</summary>
    public Batch? Take()
    {
        if (times.Count == 0)
        {
            return null;
        }

        var batch = new Batch(times.ToArray(), Array.ConvertAll(columns, column => column.ToColumn()));
        (times, columns) = ([], Builders(type, along));
        return batch;
    }

    private static ColumnBuilder[] Builders(FieldType type, FieldType[] along) =>
        [new ColumnBuilder(type), .. along.Select(other => new ColumnBuilder(other))];
}
