using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>AND, OR, =, !=, &amp;, |, ^ on booleans. Beside a boolean an absent value counts as false; where both are absent there is no result.</summary>
internal static class Logic
{
    public static bool IsLogic(Token op) =>
        op is Token.And or Token.Or or Token.Eq or Token.Neq or Token.BitwiseAnd or Token.BitwiseOr or Token.BitwiseXor;

    /// <param name="op">The operator.</param>
    /// <param name="left">A boolean, or nothing.</param>
    /// <param name="right">A boolean, or nothing.</param>
    public static Operand Apply(Token op, Operand left, Operand right)
    {
        if (!IsLogic(op))
        {
            return Comparison.IsComparison(op) ? Comparison.False(left, right) : Operand.Nothing;
        }

        var first = Values(left);
        var second = Values(right);
        var results = op switch
        {
            Token.And or Token.BitwiseAnd => Kernel.Apply<bool, bool, Both>(first, second),
            Token.Or or Token.BitwiseOr => Kernel.Apply<bool, bool, Either>(first, second),
            Token.Eq => Kernel.Apply<bool, bool, Same>(first, second),
            _ => Kernel.Apply<bool, bool, Different>(first, second),
        };
        var absent = Kernel.Apply<bool, bool, Both>(Missing(left), Missing(right));
        Refuse(op, left, right, results, absent);
        var column = absent.AsSpan().Contains(true) ? Absent(op, results, absent) : Column.Of(results);
        return IsOne(left) && IsOne(right) ? Operand.Constant(column) : Operand.Rows(column);
    }

    /// <summary>A boolean beside a value of another type: false where there is the boolean, and nothing where it is absent.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="boolean">The left side.</param>
    /// <param name="other">The right side, no boolean.</param>
    public static Operand Misfit(Token op, Operand boolean, Operand other)
    {
        if (!IsLogic(op))
        {
            return Comparison.IsComparison(op) ? Comparison.False(boolean, other) : Operand.Nothing;
        }

        var result = Comparison.IsComparison(op) ? null : ColumnCast.AbsentOf(boolean.Column);
        var column = Column.Of(new bool[boolean.Column.Count], result);
        return boolean.IsConstant ? Operand.Constant(column) : Operand.Rows(column);
    }

    /// <summary>Two absent values are not equal and not unequal; of other operators they have no result.</summary>
    private static Column Absent(Token op, bool[] results, bool[] absent)
    {
        if (!Comparison.IsComparison(op))
        {
            return Column.Of(results, absent);
        }

        for (var i = 0; i < results.Length; i++)
        {
            results[i] &= !absent[i];
        }

        return Column.Of(results);
    }

    /// <summary>Where an absent value fits nothing, it is false after a boolean and has no result before one, but for = and !=.</summary>
    private static void Refuse(Token op, Operand left, Operand right, Span<bool> results, Span<bool> absent)
    {
        if (left.FitsNothing && !left.Column.Absent.IsEmpty)
        {
            for (var i = 0; i < results.Length; i++)
            {
                absent[i] |= left.Column.Absent[i];
            }
        }

        if (right.FitsNothing && !right.Column.Absent.IsEmpty)
        {
            for (var i = 0; i < results.Length; i++)
            {
                results[i] &= !right.Column.Absent[i];
            }
        }
    }

    private static bool IsOne(Operand operand) => operand.Kind == OperandKind.Nothing || operand.IsConstant;

    private static ReadOnlySpan<bool> Missing(Operand operand) =>
        operand.Kind == OperandKind.Nothing ? [true] : Kernel.AbsentOf(operand.Column);

    /// <summary>The values, false where they are absent.</summary>
    private static ReadOnlySpan<bool> Values(Operand operand)
    {
        if (operand.Kind == OperandKind.Nothing)
        {
            return [false];
        }

        var values = operand.Column.Booleans;
        if (operand.Column.Absent.IsEmpty)
        {
            return values;
        }

        var present = values.ToArray();
        for (var i = 0; i < present.Length; i++)
        {
            present[i] &= !operand.Column.Absent[i];
        }

        return present;
    }
}
