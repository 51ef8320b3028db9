using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Planning;

/// <summary>Numbers and booleans. Integers wrap around; what is divided by zero is zero; integers divide into a float.</summary>
internal sealed partial record ConstantFolding
{
    private static BooleanLiteral? Booleans(Token op, bool left, bool right) =>
        op switch
        {
            Token.Eq => new(left == right),
            Token.Neq or Token.BitwiseXor => new(left != right),
            Token.BitwiseAnd => new(left && right),
            Token.BitwiseOr => new(left || right),
            _ => null,
        };

    private static Literal? Integers(Token op, long left, long right) =>
        op switch
        {
            Token.Add => new IntegerLiteral(unchecked(left + right)),
            Token.Sub => new IntegerLiteral(unchecked(left - right)),
            Token.Mul => new IntegerLiteral(unchecked(left * right)),
            Token.Div => new NumberLiteral(right == 0 ? 0 : (double)left / right),
            Token.Mod => new IntegerLiteral(right is 0 or -1 ? 0 : left % right),
            Token.BitwiseAnd => new IntegerLiteral(left & right),
            Token.BitwiseOr => new IntegerLiteral(left | right),
            Token.BitwiseXor => new IntegerLiteral(left ^ right),
            _ => Compared(op, left.CompareTo(right)),
        };

    private static Literal? Unsigned(Token op, ulong left, ulong right) =>
        op switch
        {
            Token.Add => new UnsignedLiteral(unchecked(left + right)),
            Token.Sub => new UnsignedLiteral(unchecked(left - right)),
            Token.Mul => new UnsignedLiteral(unchecked(left * right)),
            Token.Div => new UnsignedLiteral(right == 0 ? 0 : left / right),
            Token.Mod => new UnsignedLiteral(right == 0 ? 0 : left % right),
            _ => Compared(op, left.CompareTo(right)),
        };

    /// <summary>A negative number is less than an unsigned one; else it becomes unsigned.</summary>
    private static Literal? SignedBefore(Token op, long left, ulong right) =>
        left < 0 && op is Token.Lt or Token.Lte or Token.Gt or Token.Gte ? Compared(op, -1) : Unsigned(op, unchecked((ulong)left), right);

    private static Literal? SignedAfter(Token op, ulong left, long right) =>
        right < 0 && op is Token.Lt or Token.Lte or Token.Gt or Token.Gte ? Compared(op, 1) : Unsigned(op, left, unchecked((ulong)right));

    private static Literal? Floats(Token op, double left, double right) =>
        op switch
        {
            Token.Add => new NumberLiteral(left + right),
            Token.Sub => new NumberLiteral(left - right),
            Token.Mul => new NumberLiteral(left * right),
            Token.Div => new NumberLiteral(right == 0 ? 0 : left / right),
            Token.Mod => new NumberLiteral(left % right),
            Token.Eq => new BooleanLiteral(left == right),
            Token.Neq => new BooleanLiteral(left != right),
            Token.Lt => new BooleanLiteral(left < right),
            Token.Lte => new BooleanLiteral(left <= right),
            Token.Gt => new BooleanLiteral(left > right),
            Token.Gte => new BooleanLiteral(left >= right),
            _ => null,
        };

    /// <param name="op">A comparison.</param>
    /// <param name="order">How the left compares with the right.</param>
    private static BooleanLiteral? Compared(Token op, int order) =>
        op switch
        {
            Token.Eq => new(order == 0),
            Token.Neq => new(order != 0),
            Token.Lt => new(order < 0),
            Token.Lte => new(order <= 0),
            Token.Gt => new(order > 0),
            Token.Gte => new(order >= 0),
            _ => null,
        };

    private static double FloatOf(Literal literal) =>
        literal switch
        {
            NumberLiteral number => number.Value,
            IntegerLiteral integer => integer.Value,
            UnsignedLiteral unsigned => unsigned.Value,
            _ => throw new ArgumentException("A number is expected.", nameof(literal)),
        };
}
