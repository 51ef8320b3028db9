using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>Casts of the language: a name with a type, <c>usage::integer</c>.</summary>
public static class ColumnCast
{
    /// <summary>The column as another type: floats are cut to integers and integers become floats; of any other type all is absent.</summary>
    public static Column To(Column column, FieldType type)
    {
        if (column.Type == type)
        {
            return column;
        }

        return (column.Type, type) switch
        {
            (FieldType.Integer, FieldType.Float) => Column.Of(ToFloats(column.Integers), AbsentOf(column)),
            (FieldType.Float, FieldType.Integer) => Column.Of(ToIntegers(column.Floats), AbsentOf(column)),
            _ => Column.Nothing(type, column.Count),
        };
    }

    /// <summary>The type of values that a name's type stands for; null for a tag, any field, or none.</summary>
    public static FieldType? TypeOf(DataType type) =>
        type switch
        {
            DataType.Float => FieldType.Float,
            DataType.Integer => FieldType.Integer,
            DataType.Boolean => FieldType.Boolean,
            DataType.String => FieldType.String,
            _ => null,
        };

    internal static bool[]? AbsentOf(Column column) => column.Absent.IsEmpty ? null : column.Absent.ToArray();

    internal static double[] ToFloats(ReadOnlySpan<long> integers)
    {
        var floats = new double[integers.Length];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = integers[i];
        }

        return floats;
    }

    /// <summary>What lies beyond 64 bits becomes the least integer, as on the real server's processors.</summary>
    private static long[] ToIntegers(ReadOnlySpan<double> floats)
    {
        var integers = new long[floats.Length];
        for (var i = 0; i < integers.Length; i++)
        {
            integers[i] = Math.Abs(floats[i]) < 9.2233720368547758E18 ? (long)floats[i] : long.MinValue;
        }

        return integers;
    }
}
