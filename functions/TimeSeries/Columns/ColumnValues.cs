using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Columns;

/// <summary>The values of a column, of one of the four types, in a growing array.</summary>
internal abstract class ColumnValues
{
    public abstract FieldType Type { get; }

    public abstract int Count { get; }

    public static ColumnValues Of(FieldType type) =>
        type switch
        {
            FieldType.Float => new FloatValues(),
            FieldType.Integer => new IntegerValues(),
            FieldType.Boolean => new BooleanValues(),
            FieldType.String => new StringValues(),
            _ => throw ByteReader.Corrupt($"there is no type {type} of fields"),
        };

    public abstract FieldValue this[int index] { get; }

    public abstract void Add(FieldValue value);

    public abstract void AddRange(ColumnValues source, int start, int count);

    /// <summary>Appends so many values, which are then written one by one, in any order.</summary>
    public abstract void Reserve(int count);

    /// <summary>These values from a position on, on the same memory: it stays as it is whatever becomes of either, since what grows first makes a copy.</summary>
    public abstract ColumnValues Share(int start, int count);

    /// <summary>A column of these positions, in their order.</summary>
    public abstract ColumnValues Gather(ReadOnlySpan<int> positions);

    public abstract void Encode(ByteWriter writer, int start, int count, bool thorough);

    /// <summary>Appends <paramref name="count"/> decoded values.</summary>
    public abstract void Decode(ref ByteReader reader, int count);

    /// <summary>About how many bytes these values take in memory beyond their fixed part.</summary>
    public virtual long TextBytes(int start, int count) => 0;
}

/// <summary>The array and what is the same for every type.</summary>
internal abstract class ColumnValues<T> : ColumnValues
{
    private T[] items = [];
    private int offset;
    private int count;
    private bool shared;

    public sealed override int Count => count;

    public ReadOnlyMemory<T> Memory => items.AsMemory(offset, count);

    public ReadOnlySpan<T> Span => items.AsSpan(offset, count);

    /// <summary>All values, for who has reserved them.</summary>
    public Span<T> Writable => items.AsSpan(offset, count);

    public void Add(T value) => Extend(1)[0] = value;

    public sealed override void AddRange(ColumnValues source, int start, int count) =>
        ((ColumnValues<T>)source).Span.Slice(start, count).CopyTo(Extend(count));

    public sealed override ColumnValues Share(int start, int count)
    {
        var view = (ColumnValues<T>)Of(Type);
        (view.items, view.offset, view.count, view.shared) = (items, offset + start, count, true);
        return view;
    }

    public sealed override ColumnValues Gather(ReadOnlySpan<int> positions)
    {
        var gathered = (ColumnValues<T>)Of(Type);
        var target = gathered.Extend(positions.Length);
        var source = Span;
        for (var i = 0; i < positions.Length; i++)
        {
            target[i] = source[positions[i]];
        }

        return gathered;
    }

    public sealed override void Reserve(int count) => Extend(count);

    protected Span<T> Extend(int more)
    {
        if (shared || items.Length - count < more)
        {
            // A column that is filled once stays exact; one that grows doubles.
            var larger = GC.AllocateUninitializedArray<T>(count == 0 ? more : Math.Max(count + more, count * 2));
            Span.CopyTo(larger);
            (items, offset, shared) = (larger, 0, false);
        }

        count += more;
        return items.AsSpan(count - more, more);
    }
}
