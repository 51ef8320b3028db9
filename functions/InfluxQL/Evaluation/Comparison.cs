using System.Numerics;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>= != &lt; &lt;= &gt; &gt;= on numbers and strings. It has a result for every row: where a value is absent, or the types do not fit, it is false, also for !=.</summary>
internal static class Comparison
{
    public static bool IsComparison(Token op) => op is Token.Eq or Token.Neq or Token.Lt or Token.Lte or Token.Gt or Token.Gte;

    public static Operand Apply(Token op, Operand left, Operand right)
    {
        if (left.IsNumber && right.IsNumber)
        {
            return Present(left, right, Numbers(op, left, right));
        }

        return left.Kind == OperandKind.String && right.Kind == OperandKind.String && op is Token.Eq or Token.Neq
            ? Present(left, right, Strings(op == Token.Eq, left.Column.Strings, right.Column.Strings))
            : False(left, right);
    }

    /// <summary>=~ and !~, which only strings and a pattern have; where the string is absent there is no result.</summary>
    public static Operand Match(Token op, Operand left, Operand right)
    {
        if (left.Kind != OperandKind.String || right.Regex is not { } regex)
        {
            return left.Kind == OperandKind.String ? False(left, right) : Operand.Nothing;
        }

        var texts = left.Column.Strings;
        var results = new bool[texts.Length];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] =
                i > 0 && ReferenceEquals(texts[i], texts[i - 1]) ? results[i - 1] : regex.IsMatch(texts[i]) == (op == Token.EqRegex);
        }

        var column = Column.Of(results, ColumnCast.AbsentOf(left.Column));
        return left.IsConstant ? Operand.Constant(column) : Operand.Rows(column);
    }

    public static Operand False(Operand left, Operand right)
    {
        var rows =
            left.Kind != OperandKind.Nothing && !left.IsConstant ? left.Column.Count
            : right.Kind != OperandKind.Nothing && !right.IsConstant ? right.Column.Count
            : 0;
        return rows == 0 ? Operand.Constant(Column.Of(new bool[1])) : Operand.Rows(Column.Of(new bool[rows]));
    }

    public static bool Holds<T>(Token op, T left, T right)
        where T : INumber<T> =>
        op switch
        {
            Token.Eq => left == right,
            Token.Neq => left != right,
            Token.Lt => left < right,
            Token.Lte => left <= right,
            Token.Gt => left > right,
            _ => left >= right,
        };

    private static Operand Present(Operand left, Operand right, bool[] results)
    {
        if (Kernel.Absent(left, right) is { } absent)
        {
            for (var i = 0; i < results.Length; i++)
            {
                results[i] &= !absent[i];
            }
        }

        return Operand.Like(left, right, Column.Of(results));
    }

    private static bool[] Numbers(Token op, Operand left, Operand right)
    {
        if (left.Kind == OperandKind.Float || right.Kind == OperandKind.Float)
        {
            return Ordered(op, Numeric.Floats(left), Numeric.Floats(right));
        }

        return (left.Kind, right.Kind) switch
        {
            (OperandKind.Integer, OperandKind.Integer) => Ordered(op, left.Column.Integers, right.Column.Integers),
            (OperandKind.Unsigned, OperandKind.Unsigned) => Ordered(op, Numeric.Bits(left), Numeric.Bits(right)),
            (OperandKind.Integer, _) when op is not (Token.Eq or Token.Neq) => Mixed(op, left.Column.Integers, Numeric.Bits(right)),
            (_, OperandKind.Integer) when op is not (Token.Eq or Token.Neq) => Mixed(Mirror(op), right.Column.Integers, Numeric.Bits(left)),
            _ => Ordered(op, Numeric.Bits(left), Numeric.Bits(right)),
        };
    }

    private static bool[] Ordered<T>(Token op, ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : INumber<T> =>
        op switch
        {
            Token.Eq => Kernel.Apply<T, bool, Equal<T>>(left, right),
            Token.Neq => Kernel.Apply<T, bool, Unequal<T>>(left, right),
            Token.Lt => Kernel.Apply<T, bool, Less<T>>(left, right),
            Token.Lte => Kernel.Apply<T, bool, LessOrEqual<T>>(left, right),
            Token.Gt => Kernel.Apply<T, bool, Greater<T>>(left, right),
            _ => Kernel.Apply<T, bool, GreaterOrEqual<T>>(left, right),
        };

    /// <summary>Integers, which may be negative, with unsigned ones.</summary>
    private static bool[] Mixed(Token op, ReadOnlySpan<long> left, ReadOnlySpan<ulong> right)
    {
        var results = new bool[Math.Max(left.Length, right.Length)];
        for (var i = 0; i < results.Length; i++)
        {
            var (low, high) = (left[left.Length == 1 ? 0 : i], right[right.Length == 1 ? 0 : i]);
            var order = low < 0 ? -1 : ((ulong)low).CompareTo(high);
            results[i] = op switch
            {
                Token.Lt => order < 0,
                Token.Lte => order <= 0,
                Token.Gt => order > 0,
                _ => order >= 0,
            };
        }

        return results;
    }

    private static Token Mirror(Token op) =>
        op switch
        {
            Token.Lt => Token.Gt,
            Token.Lte => Token.Gte,
            Token.Gt => Token.Lt,
            _ => Token.Lte,
        };

    /// <summary>Strings with references that are often the same as the row's before: a tag has one value for many rows.</summary>
    private static bool[] Strings(bool equal, ReadOnlySpan<string> left, ReadOnlySpan<string> right)
    {
        var results = new bool[Math.Max(left.Length, right.Length)];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = left[left.Length == 1 ? 0 : i] == right[right.Length == 1 ? 0 : i] == equal;
        }

        return results;
    }
}
