using Serverless.Domain.Series;

namespace Serverless.InfluxQL.Execution;

/// <summary>Values of one type, some of them perhaps absent. Immutable; the memory may be that of a decoded block, so nobody writes to it.</summary>
public sealed class Column
{
    private readonly Memory values;

    private Column(FieldType type, int count, in Memory values, ReadOnlyMemory<bool> absent) =>
        (Type, Count, this.values, AbsentMemory) = (type, count, values, absent);

    public FieldType Type { get; }

    public int Count { get; }

    /// <summary>A column of one value of another type that an answer shows where a value is absent; null for none. To all others what is absent is absent.</summary>
    public Column? Instead { get; private init; }

    /// <summary>Which values are absent; empty where all are there.</summary>
    public ReadOnlySpan<bool> Absent => AbsentMemory.Span;

    private ReadOnlyMemory<bool> AbsentMemory { get; }

    /// <summary>The values of a column of <see cref="FieldType.Float"/>, of another type nothing; so for the other three. What stands at an absent position means nothing.</summary>
    public ReadOnlySpan<double> Floats => values.Floats.Span;

    public ReadOnlySpan<long> Integers => values.Integers.Span;

    public ReadOnlySpan<bool> Booleans => values.Booleans.Span;

    public ReadOnlySpan<string> Strings => values.Strings.Span;

    public static Column Of(ReadOnlyMemory<double> values, ReadOnlyMemory<bool> absent = default) =>
        new(FieldType.Float, values.Length, new Memory { Floats = values }, absent);

    public static Column Of(ReadOnlyMemory<long> values, ReadOnlyMemory<bool> absent = default) =>
        new(FieldType.Integer, values.Length, new Memory { Integers = values }, absent);

    public static Column Of(ReadOnlyMemory<bool> values, ReadOnlyMemory<bool> absent = default) =>
        new(FieldType.Boolean, values.Length, new Memory { Booleans = values }, absent);

    public static Column Of(ReadOnlyMemory<string> values, ReadOnlyMemory<bool> absent = default) =>
        new(FieldType.String, values.Length, new Memory { Strings = values }, absent);

    /// <summary>A column in which all is absent.</summary>
    public static Column Nothing(FieldType type, int count)
    {
        var builder = new ColumnBuilder(type, count);
        builder.AddAbsent(count);
        return builder.ToColumn();
    }

    /// <summary>The same column, which shows a number where a value is absent.</summary>
    public Column ShowingInstead(FieldValue number)
    {
        var builder = new ColumnBuilder(number.Type, 1);
        builder.Add(number);
        return new Column(Type, Count, values, AbsentMemory) { Instead = builder.ToColumn() };
    }

    public bool IsAbsent(int index) => !AbsentMemory.IsEmpty && AbsentMemory.Span[index];

    /// <summary>The value at a position; the default, of no type, where it is absent.</summary>
    public FieldValue this[int index] =>
        IsAbsent(index)
            ? default
            : Type switch
            {
                FieldType.Float => FieldValue.Of(values.Floats.Span[index]),
                FieldType.Integer => FieldValue.Of(values.Integers.Span[index]),
                FieldType.Boolean => FieldValue.Of(values.Booleans.Span[index]),
                _ => FieldValue.Of(values.Strings.Span[index]),
            };

    /// <summary>A part of the column, on the same memory.</summary>
    public Column Slice(int start, int count) =>
        start == 0 && count == Count
            ? this
            : new Column(Type, count, values.Slice(Type, start, count), AbsentMemory.IsEmpty ? default : AbsentMemory.Slice(start, count))
            {
                Instead = Instead,
            };

    private readonly struct Memory
    {
        public ReadOnlyMemory<double> Floats { get; init; }

        public ReadOnlyMemory<long> Integers { get; init; }

        public ReadOnlyMemory<bool> Booleans { get; init; }

        public ReadOnlyMemory<string> Strings { get; init; }

        public Memory Slice(FieldType type, int start, int count) =>
            type switch
            {
                FieldType.Float => new Memory { Floats = Floats.Slice(start, count) },
                FieldType.Integer => new Memory { Integers = Integers.Slice(start, count) },
                FieldType.Boolean => new Memory { Booleans = Booleans.Slice(start, count) },
                _ => new Memory { Strings = Strings.Slice(start, count) },
            };
    }
}
