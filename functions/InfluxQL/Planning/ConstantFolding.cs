using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Planning;

/// <summary>Computes what does not depend on points: <c>now() - 5m</c>, <c>1 + 2</c>, <c>true AND x</c>. How literals combine is in the other files.</summary>
/// <param name="Zone">The zone of strings that are times; null for UTC.</param>
/// <param name="EvaluateCall">What a call of literals gives; null for nothing known.</param>
internal sealed partial record ConstantFolding(TimeZoneInfo? Zone, Func<string, IReadOnlyList<Literal>, Literal?>? EvaluateCall)
{
    /// <summary>Folds operators only.</summary>
    public static readonly ConstantFolding Plain = new(null, null);

    /// <summary>Folds operators and functions of single values.</summary>
    public static readonly ConstantFolding OfFields = new(null, MathFunctions.Fold);

    /// <summary>Folds operators and now().</summary>
    public static ConstantFolding OfConditions(TimeZoneInfo? zone, long now) =>
        new(zone, (name, arguments) => name == "now" && arguments.Count == 0 ? new TimeLiteral(now) : null);

    /// <summary>The expression, folded, without parentheses around the whole of it.</summary>
    public Expr Reduce(Expr expr)
    {
        var folded = Fold(expr);
        return folded is ParenExpr paren ? paren.Inner : folded;
    }

    public Expr Fold(Expr expr) =>
        expr switch
        {
            BinaryExpr binary => Combine(binary.Operator, Fold(binary.Left), Fold(binary.Right)),
            Call call => FoldArguments(call) is var folded && Evaluate(folded) is { } literal ? literal : folded,
            ParenExpr paren => Fold(paren.Inner) is var inner && inner is BinaryExpr ? new ParenExpr(inner) : inner,
            _ => expr,
        };

    private Call FoldArguments(Call call) => call with { Arguments = [.. call.Arguments.Select(Fold)] };

    private Literal? Evaluate(Call call) =>
        call.Arguments.All(argument => argument is Literal) ? EvaluateCall?.Invoke(call.Name, [.. call.Arguments.Cast<Literal>()]) : null;

    private Expr Combine(Token op, Expr left, Expr right)
    {
        switch (op, left, right)
        {
            case (Token.And, BooleanLiteral { Value: false }, _) or (Token.And, _, BooleanLiteral { Value: false }):
                return new BooleanLiteral(false);
            case (Token.Or, BooleanLiteral { Value: true }, _) or (Token.Or, _, BooleanLiteral { Value: true }):
                return new BooleanLiteral(true);
            case (Token.And or Token.Or, BooleanLiteral, _):
                return right;
            case (Token.And or Token.Or, _, BooleanLiteral):
                return left;
            case (_, Literal first, Literal second):
                return Combine(op, first, second) ?? (Expr)new BinaryExpr(op, left, right);
            default:
                return new BinaryExpr(op, left, right);
        }
    }

    /// <summary>What the operator makes of two literals; null if nothing.</summary>
    private Literal? Combine(Token op, Literal left, Literal right) =>
        (left, right) switch
        {
            (BooleanLiteral a, BooleanLiteral b) => Booleans(op, a.Value, b.Value),
            (IntegerLiteral a, IntegerLiteral b) => Integers(op, a.Value, b.Value),
            (IntegerLiteral a, UnsignedLiteral b) => SignedBefore(op, a.Value, b.Value),
            (UnsignedLiteral a, IntegerLiteral b) => SignedAfter(op, a.Value, b.Value),
            (UnsignedLiteral a, UnsignedLiteral b) => Unsigned(op, a.Value, b.Value),
            (NumberLiteral or IntegerLiteral or UnsignedLiteral, NumberLiteral or IntegerLiteral or UnsignedLiteral) => Floats(
                op,
                FloatOf(left),
                FloatOf(right)
            ),
            _ => Times(op, left, right),
        };
}
