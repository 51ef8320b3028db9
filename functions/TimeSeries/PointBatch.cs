using System.Collections;
using System.Runtime.InteropServices;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries;

/// <summary>Points of one write, each with the number of its column: what makes them knows its columns anyway, and so the store need not find them again. Also a list of those points.</summary>
/// <remarks>Times, values and column numbers stand in an array each, in the order of the write. Not for several threads; unchanged once it is written.</remarks>
public sealed class PointBatch : IReadOnlyList<Point>
{
    private readonly Dictionary<SeriesKey, int> seriesNumbers = [];
    private readonly List<SeriesKey> series = [];
    private readonly List<PointBatchColumn> columns = [];
    private readonly ColumnTable numbers = new();
    private readonly List<int> counts = [];
    private int[] columnNumbers;
    private long[] times;
    private long[] bits;
    private string?[] texts = [];

    /// <param name="capacity">How many points are expected.</param>
    public PointBatch(int capacity = 0)
    {
        columnNumbers = GC.AllocateUninitializedArray<int>(capacity);
        times = GC.AllocateUninitializedArray<long>(capacity);
        bits = GC.AllocateUninitializedArray<long>(capacity);
    }

    public int Count { get; private set; }

    /// <summary>The least time; where there are no points, the greatest there is.</summary>
    public long MinTime { get; private set; } = long.MaxValue;

    /// <summary>The columns; one may have no points.</summary>
    public IReadOnlyList<PointBatchColumn> Columns => columns;

    /// <summary>Whether a field of a series has columns of several types: then the order of the points tells which stands.</summary>
    public bool IsMixed => numbers.IsMixed;

    /// <summary>The series, by their numbers.</summary>
    public IReadOnlyList<SeriesKey> Series => series;

    internal ReadOnlySpan<int> ColumnNumbers => columnNumbers.AsSpan(0, Count);

    internal ReadOnlySpan<long> Times => times.AsSpan(0, Count);

    /// <summary>Values of all types but strings, as <see cref="FieldValue"/> has them: the bits of a float, 0 or 1 for a boolean.</summary>
    internal ReadOnlySpan<long> Bits => bits.AsSpan(0, Count);

    /// <summary>Strings, at the positions of those; it may be shorter than there are points.</summary>
    internal ReadOnlySpan<string?> Texts => texts;

    public Point this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            var column = columns[columnNumbers[index]];
            var key = series[column.Series];
            return new Point(key.Measurement, key.Tags, column.Field, times[index], ValueAt(index, column.Type));
        }
    }

    /// <summary>The number of a series, which is added where it is not there yet.</summary>
    public int SeriesOf(string measurement, TagSet tags)
    {
        ArgumentException.ThrowIfNullOrEmpty(measurement);
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(seriesNumbers, new SeriesKey(measurement, tags), out var exists);
        if (!exists)
        {
            number = series.Count;
            series.Add(new SeriesKey(measurement, tags));
            numbers.AddSeries();
        }

        return number;
    }

    /// <summary>The number of a column, which is added where it is not there yet.</summary>
    /// <param name="ofSeries">The number of the series.</param>
    /// <param name="field">The field, not empty.</param>
    /// <param name="type">The type of its values.</param>
    public int ColumnOf(int ofSeries, string field, FieldType type)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        var known = numbers.Find(ofSeries, field, type);
        if (known != ColumnTable.None)
        {
            return known;
        }

        columns.Add(new PointBatchColumn(ofSeries, field, type));
        counts.Add(0);
        return numbers.Add(ofSeries, field, type);
    }

    /// <summary>How many points a column has.</summary>
    public int CountOf(int column) => counts[column];

    /// <summary>Adds a point.</summary>
    /// <param name="column">The number of its column.</param>
    /// <param name="time">Nanoseconds since 1970.</param>
    /// <param name="number">The value, unless it is a string: an integer, the bits of a float, 0 or 1 for a boolean.</param>
    public void Add(int column, long time, long number)
    {
        if (Count == times.Length)
        {
            Grow();
        }

        (columnNumbers[Count], times[Count], bits[Count]) = (column, time, number);
        CollectionsMarshal.AsSpan(counts)[column]++;
        MinTime = Math.Min(MinTime, time);
        Count++;
    }

    /// <summary>Adds a point of a column of strings.</summary>
    public void Add(int column, long time, string text)
    {
        Add(column, time, 0);
        if (texts.Length < Count)
        {
            Array.Resize(ref texts, times.Length);
        }

        texts[Count - 1] = text;
    }

    public IEnumerator<Point> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Grow()
    {
        var size = Math.Max(256, Count * 2);
        Array.Resize(ref columnNumbers, size);
        Array.Resize(ref times, size);
        Array.Resize(ref bits, size);
    }

    private FieldValue ValueAt(int index, FieldType type) =>
        type switch
        {
            FieldType.Float => FieldValue.Of(BitConverter.Int64BitsToDouble(bits[index])),
            FieldType.Integer => FieldValue.Of(bits[index]),
            FieldType.Boolean => FieldValue.Of(bits[index] != 0),
            _ => FieldValue.Of(texts[index] ?? ""),
        };
}

/// <summary>A column of a <see cref="PointBatch"/>.</summary>
/// <param name="Series">The number of its series.</param>
/// <param name="Field">The field.</param>
/// <param name="Type">The type of its values.</param>
public readonly record struct PointBatchColumn(int Series, string Field, FieldType Type);
