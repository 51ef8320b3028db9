using Serverless.Domain.Series;

namespace Serverless.InfluxQL.Execution;

/// <summary>Gathers values of one type into a <see cref="Column"/>.</summary>
/// <param name="type">The type of all values.</param>
/// <param name="capacity">How many are expected.</param>
public sealed class ColumnBuilder(FieldType type, int capacity = 0)
{
    private double[] floats = type == FieldType.Float ? new double[capacity] : [];
    private long[] integers = type == FieldType.Integer ? new long[capacity] : [];
    private bool[] booleans = type == FieldType.Boolean ? new bool[capacity] : [];
    private string[] strings = type == FieldType.String ? new string[capacity] : [];
    private bool[]? absent;

    public FieldType Type => type;

    public int Count { get; private set; }

    private int Capacity =>
        type switch
        {
            FieldType.Float => floats.Length,
            FieldType.Integer => integers.Length,
            FieldType.Boolean => booleans.Length,
            _ => strings.Length,
        };

    public void Add(double value)
    {
        Reserve(1);
        floats[Count++] = value;
    }

    public void Add(long value)
    {
        Reserve(1);
        integers[Count++] = value;
    }

    public void Add(bool value)
    {
        Reserve(1);
        booleans[Count++] = value;
    }

    public void Add(string value)
    {
        Reserve(1);
        strings[Count++] = value;
    }

    /// <summary>Adds a value of this type; the default value, of no type, is absent.</summary>
    public void Add(FieldValue value)
    {
        switch (value.Type)
        {
            case FieldType.Float:
                Add(value.Float);
                break;
            case FieldType.Integer:
                Add(value.Integer);
                break;
            case FieldType.Boolean:
                Add(value.Boolean);
                break;
            case FieldType.String:
                Add(value.Text);
                break;
            default:
                AddAbsent();
                break;
        }
    }

    public void AddAbsent(int count = 1)
    {
        Reserve(count);
        absent ??= new bool[Capacity];
        absent.AsSpan(Count, count).Fill(true);
        if (type == FieldType.String)
        {
            strings.AsSpan(Count, count).Fill("");
        }

        Count += count;
    }

    /// <summary>Adds the value at a position of a column of the same type.</summary>
    public void Add(Column source, int index)
    {
        if (source.IsAbsent(index))
        {
            AddAbsent();
            return;
        }

        switch (type)
        {
            case FieldType.Float:
                Add(source.Floats[index]);
                break;
            case FieldType.Integer:
                Add(source.Integers[index]);
                break;
            case FieldType.Boolean:
                Add(source.Booleans[index]);
                break;
            default:
                Add(source.Strings[index]);
                break;
        }
    }

    /// <summary>Adds a stretch of a column of the same type.</summary>
    public void AddRange(Column source, int start, int count)
    {
        Reserve(count);
        switch (type)
        {
            case FieldType.Float:
                source.Floats.Slice(start, count).CopyTo(floats.AsSpan(Count));
                break;
            case FieldType.Integer:
                source.Integers.Slice(start, count).CopyTo(integers.AsSpan(Count));
                break;
            case FieldType.Boolean:
                source.Booleans.Slice(start, count).CopyTo(booleans.AsSpan(Count));
                break;
            default:
                source.Strings.Slice(start, count).CopyTo(strings.AsSpan(Count));
                break;
        }

        if (!source.Absent.IsEmpty)
        {
            absent ??= new bool[Capacity];
            source.Absent.Slice(start, count).CopyTo(absent.AsSpan(Count));
        }

        Count += count;
    }

    /// <summary>What was gathered. The builder is not used afterwards: the column has its memory.</summary>
    public Column ToColumn()
    {
        ReadOnlyMemory<bool> missing = absent is null ? default : absent.AsMemory(0, Count);
        return type switch
        {
            FieldType.Float => Column.Of(floats.AsMemory(0, Count), missing),
            FieldType.Integer => Column.Of(integers.AsMemory(0, Count), missing),
            FieldType.Boolean => Column.Of(booleans.AsMemory(0, Count), missing),
            _ => Column.Of(strings.AsMemory(0, Count), missing),
        };
    }

    private void Reserve(int more)
    {
        if (Count + more <= Capacity)
        {
            return;
        }

        var size = Math.Max(Math.Max(Count + more, 16), Capacity * 2);
        switch (type)
        {
            case FieldType.Float:
                Array.Resize(ref floats, size);
                break;
            case FieldType.Integer:
                Array.Resize(ref integers, size);
                break;
            case FieldType.Boolean:
                Array.Resize(ref booleans, size);
                break;
            default:
                Array.Resize(ref strings, size);
                break;
        }

        if (absent is not null)
        {
            Array.Resize(ref absent, size);
        }
    }
}
