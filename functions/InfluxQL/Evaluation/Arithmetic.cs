using System.Numerics;
using System.Runtime.InteropServices;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>+ - * / % &amp; | ^ on numbers. A row in which a value is absent has no result.</summary>
internal static class Arithmetic
{
    /// <param name="op">The operator.</param>
    /// <param name="left">A number.</param>
    /// <param name="right">A number.</param>
    /// <param name="cutsIntegers">Whether integers are divided to integers: in conditions, not in SELECT.</param>
    public static Operand Apply(Token op, Operand left, Operand right, bool cutsIntegers)
    {
        if (left.Kind == OperandKind.Float || right.Kind == OperandKind.Float)
        {
            var floats = Numbers<double>(op, Numeric.Floats(left), Numeric.Floats(right));
            return floats is null ? Operand.Nothing : Operand.Like(left, right, Column.Of(floats, Kernel.Absent(left, right)));
        }

        if (left.Kind == OperandKind.Unsigned || right.Kind == OperandKind.Unsigned)
        {
            var bits = Whole<ulong>(op, Numeric.Bits(left), Numeric.Bits(right));
            var column = bits is null ? null : Column.Of(MemoryMarshal.Cast<ulong, long>(bits).ToArray(), Kernel.Absent(left, right));
            return column is null ? Operand.Nothing : Operand.Unsigned(column, left.IsConstant && right.IsConstant);
        }

        var first = left.Column.Integers;
        var second = right.Column.Integers;
        if (op == Token.Div && !cutsIntegers)
        {
            return Operand.Like(
                left,
                right,
                Column.Of(Kernel.Apply<long, double, DivideExactly>(first, second), Kernel.Absent(left, right))
            );
        }

        return Whole<long>(op, first, second) is { } integers
            ? Operand.Like(left, right, Column.Of(integers, Kernel.Absent(left, right)))
            : Operand.Nothing;
    }

    private static T[]? Numbers<T>(Token op, ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : INumber<T> =>
        op switch
        {
            Token.Add => Kernel.Apply<T, T, Add<T>>(left, right),
            Token.Sub => Kernel.Apply<T, T, Subtract<T>>(left, right),
            Token.Mul => Kernel.Apply<T, T, Multiply<T>>(left, right),
            Token.Div => Kernel.Apply<T, T, Divide<T>>(left, right),
            Token.Mod => Kernel.Apply<T, T, Remainder<T>>(left, right),
            _ => null,
        };

    private static T[]? Whole<T>(Token op, ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : IBinaryInteger<T> =>
        op switch
        {
            Token.BitwiseAnd => Kernel.Apply<T, T, And<T>>(left, right),
            Token.BitwiseOr => Kernel.Apply<T, T, Or<T>>(left, right),
            Token.BitwiseXor => Kernel.Apply<T, T, Xor<T>>(left, right),
            _ => Numbers(op, left, right),
        };
}
