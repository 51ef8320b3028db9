using System.Runtime.InteropServices;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>Numbers as floats and as bits.</summary>
internal static class Numeric
{
    public static ReadOnlySpan<double> Floats(Operand number) =>
        number.Kind switch
        {
            OperandKind.Float => number.Column.Floats,
            OperandKind.Integer => ColumnCast.ToFloats(number.Column.Integers),
            _ => ToFloats(Bits(number)),
        };

    public static ReadOnlySpan<ulong> Bits(Operand whole) => MemoryMarshal.Cast<long, ulong>(whole.Column.Integers);

    private static double[] ToFloats(ReadOnlySpan<ulong> bits)
    {
        var floats = new double[bits.Length];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = bits[i];
        }

        return floats;
    }
}
