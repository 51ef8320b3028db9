using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Execution;

/// <summary>Types of names as types of values, and values and columns as another type.</summary>
internal static class Types
{
    /// <summary>The type of a name's values: tags are strings, and so is a name that no source has, of which all is absent.</summary>
    public static FieldType Of(DataType type) =>
        type switch
        {
            DataType.Float => FieldType.Float,
            DataType.Integer => FieldType.Integer,
            DataType.Boolean => FieldType.Boolean,
            _ => FieldType.String,
        };

    /// <summary>Whether values of one type can stand where another is asked for: numbers for numbers.</summary>
    public static bool CanCast(FieldType from, FieldType to) => from == to || (IsNumber(from) && IsNumber(to));

    public static bool IsNumber(FieldType type) => type is FieldType.Float or FieldType.Integer;

    /// <summary>The column as another type that <see cref="CanCast"/> allows; fractions are cut off.</summary>
    public static Column Cast(Column column, FieldType to)
    {
        if (column.Type == to)
        {
            return column;
        }

        ReadOnlyMemory<bool> absent = column.Absent.IsEmpty ? default : column.Absent.ToArray();
        if (to == FieldType.Float)
        {
            var floats = new double[column.Count];
            for (var i = 0; i < floats.Length; i++)
            {
                floats[i] = column.Integers[i];
            }

            return Column.Of(floats, absent);
        }

        var integers = new long[column.Count];
        for (var i = 0; i < integers.Length; i++)
        {
            integers[i] = ToInteger(column.Floats[i]);
        }

        return Column.Of(integers, absent);
    }

    /// <summary>A float as an integer, as 64-bit processors of the real server convert: what does not fit is the least of all.</summary>
    public static long ToInteger(double value) =>
        value is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)value : long.MinValue;

    /// <summary>A column with one value everywhere.</summary>
    public static Column Constant(string value, int count)
    {
        var values = new string[count];
        Array.Fill(values, value);
        return Column.Of(values);
    }
}
