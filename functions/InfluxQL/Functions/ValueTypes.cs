using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Functions;

/// <summary>How values of a type are read, written and compared.</summary>
internal interface IValueType<T>
{
    static abstract FieldType Type { get; }

    /// <summary>About how many bytes one value takes.</summary>
    static abstract int Size { get; }

    static abstract ReadOnlySpan<T> Read(Column column);

    static abstract void Write(ColumnBuilder output, T value);

    static abstract bool IsLess(T left, T right);

    static abstract bool IsEqual(T left, T right);
}

internal readonly struct FloatType : IValueType<double>
{
    public static FieldType Type => FieldType.Float;

    public static int Size => sizeof(double);

    public static ReadOnlySpan<double> Read(Column column) => column.Floats;

    public static void Write(ColumnBuilder output, double value) => output.Add(value);

    public static bool IsLess(double left, double right) => left < right;

    public static bool IsEqual(double left, double right) => left == right;
}

internal readonly struct IntegerType : IValueType<long>
{
    public static FieldType Type => FieldType.Integer;

    public static int Size => sizeof(long);

    public static ReadOnlySpan<long> Read(Column column) => column.Integers;

    public static void Write(ColumnBuilder output, long value) => output.Add(value);

    public static bool IsLess(long left, long right) => left < right;

    public static bool IsEqual(long left, long right) => left == right;
}

internal readonly struct BooleanType : IValueType<bool>
{
    public static FieldType Type => FieldType.Boolean;

    public static int Size => sizeof(bool);

    public static ReadOnlySpan<bool> Read(Column column) => column.Booleans;

    public static void Write(ColumnBuilder output, bool value) => output.Add(value);

    public static bool IsLess(bool left, bool right) => !left && right;

    public static bool IsEqual(bool left, bool right) => left == right;
}

internal readonly struct StringType : IValueType<string>
{
    public static FieldType Type => FieldType.String;

    public static int Size => 32;

    public static ReadOnlySpan<string> Read(Column column) => column.Strings;

    public static void Write(ColumnBuilder output, string value) => output.Add(value);

    public static bool IsLess(string left, string right) => Utf8Order.Compare(left, right) < 0;

    public static bool IsEqual(string left, string right) => left == right;
}
