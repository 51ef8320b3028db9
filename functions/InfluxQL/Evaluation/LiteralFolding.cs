using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>Operators on two literals.</summary>
internal static class LiteralFolding
{
    /// <summary>The literal that comes out, or the operation as it is where none does.</summary>
    public static Expr Fold(Token op, Expr left, Expr right) => Result(op, left, right) ?? (Expr)new BinaryExpr(op, left, right);

    private static Literal? Result(Token op, Expr left, Expr right) =>
        (left, right) switch
        {
            (IntegerLiteral first, IntegerLiteral second) => Integers(op, first.Value, second.Value),
            (UnsignedLiteral first, UnsignedLiteral second) => Unsigned(op, first.Value, second.Value),
            (UnsignedLiteral first, IntegerLiteral second) => Mixed(
                op,
                second.Value < 0,
                first.Value,
                (ulong)second.Value,
                negativeIsLeft: false
            ),
            (IntegerLiteral first, UnsignedLiteral second) => Mixed(
                op,
                first.Value < 0,
                (ulong)first.Value,
                second.Value,
                negativeIsLeft: true
            ),
            (NumberLiteral or IntegerLiteral or UnsignedLiteral, NumberLiteral or IntegerLiteral or UnsignedLiteral) => Floats(
                op,
                FloatOf(left),
                FloatOf(right)
            ),
            (BooleanLiteral first, BooleanLiteral second) => Booleans(op, first.Value, second.Value),
            (StringLiteral first, StringLiteral second) => Strings(op, first.Value, second.Value),
            (StringLiteral text, RegexLiteral regex) => Match(op, text.Value, regex),
            (DurationLiteral first, DurationLiteral second) => Durations(op, first.Nanoseconds, second.Nanoseconds),
            (DurationLiteral first, NumberLiteral second) => Scale(op, first.Nanoseconds, (long)second.Value),
            (DurationLiteral first, IntegerLiteral second) => Scale(op, first.Nanoseconds, second.Value),
            _ => null,
        };

    private static double FloatOf(Expr number) =>
        number switch
        {
            NumberLiteral literal => literal.Value,
            IntegerLiteral literal => literal.Value,
            _ => ((UnsignedLiteral)number).Value,
        };

    private static Literal? Integers(Token op, long left, long right) =>
        op switch
        {
            Token.Add => new IntegerLiteral(unchecked(left + right)),
            Token.Sub => new IntegerLiteral(unchecked(left - right)),
            Token.Mul => new IntegerLiteral(unchecked(left * right)),
            Token.Div => new NumberLiteral(DivideExactly.Apply(left, right)),
            Token.Mod => new IntegerLiteral(Remainder<long>.Apply(left, right)),
            Token.BitwiseAnd => new IntegerLiteral(left & right),
            Token.BitwiseOr => new IntegerLiteral(left | right),
            Token.BitwiseXor => new IntegerLiteral(left ^ right),
            _ => Compare(op, left, right),
        };

    private static Literal? Unsigned(Token op, ulong left, ulong right) =>
        op switch
        {
            Token.Add => new UnsignedLiteral(unchecked(left + right)),
            Token.Sub => new UnsignedLiteral(unchecked(left - right)),
            Token.Mul => new UnsignedLiteral(unchecked(left * right)),
            Token.Div => new UnsignedLiteral(Divide<ulong>.Apply(left, right)),
            Token.Mod => new UnsignedLiteral(Remainder<ulong>.Apply(left, right)),
            _ => Compare(op, left, right),
        };

    /// <summary>A negative integer is less than any unsigned one; for all else it has its bits.</summary>
    private static Literal? Mixed(Token op, bool isNegative, ulong left, ulong right, bool negativeIsLeft) =>
        op switch
        {
            Token.Lt or Token.Lte when isNegative => new BooleanLiteral(negativeIsLeft),
            Token.Gt or Token.Gte when isNegative => new BooleanLiteral(!negativeIsLeft),
            _ => Unsigned(op, left, right),
        };

    private static Literal? Floats(Token op, double left, double right) =>
        op switch
        {
            Token.Add => new NumberLiteral(left + right),
            Token.Sub => new NumberLiteral(left - right),
            Token.Mul => new NumberLiteral(left * right),
            Token.Div => new NumberLiteral(Divide<double>.Apply(left, right)),
            Token.Mod => new NumberLiteral(left % right),
            _ => Compare(op, left, right),
        };

    private static BooleanLiteral? Booleans(Token op, bool left, bool right) =>
        op switch
        {
            Token.And or Token.BitwiseAnd => new BooleanLiteral(left & right),
            Token.Or or Token.BitwiseOr => new BooleanLiteral(left | right),
            Token.Eq => new BooleanLiteral(left == right),
            Token.Neq or Token.BitwiseXor => new BooleanLiteral(left != right),
            _ => null,
        };

    private static Literal? Strings(Token op, string left, string right) =>
        op switch
        {
            Token.Add => new StringLiteral(left + right),
            Token.Eq => new BooleanLiteral(left == right),
            Token.Neq => new BooleanLiteral(left != right),
            _ => null,
        };

    private static BooleanLiteral? Match(Token op, string text, RegexLiteral regex) =>
        op is Token.EqRegex or Token.NeqRegex
            ? new BooleanLiteral(ExprEvaluation.PatternOf(regex).IsMatch(text) == (op == Token.EqRegex))
            : null;

    private static Literal? Durations(Token op, long left, long right) =>
        op switch
        {
            Token.Add => new DurationLiteral(unchecked(left + right)),
            Token.Sub => new DurationLiteral(unchecked(left - right)),
            _ => Compare(op, left, right),
        };

    private static DurationLiteral? Scale(Token op, long duration, long factor) =>
        op switch
        {
            Token.Mul => new DurationLiteral(unchecked(duration * factor)),
            Token.Div => new DurationLiteral(Divide<long>.Apply(duration, factor)),
            _ => null,
        };

    private static BooleanLiteral? Compare<T>(Token op, T left, T right)
        where T : System.Numerics.INumber<T> => Comparison.IsComparison(op) ? new BooleanLiteral(Comparison.Holds(op, left, right)) : null;
}
