using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Planning;

internal static class ExprRewriting
{
    /// <summary>The expression with some of its parts replaced. Where <paramref name="replace"/> gives null, it is asked for the part's own parts; parts without a change stay the same objects.</summary>
    public static Expr Rewrite(this Expr expr, Func<Expr, Expr?> replace) =>
        replace(expr)
        ?? expr switch
        {
            BinaryExpr binary => Binary(binary, binary.Left.Rewrite(replace), binary.Right.Rewrite(replace)),
            ParenExpr paren => Paren(paren, paren.Inner.Rewrite(replace)),
            Call call => Call(call, replace),
            _ => expr,
        };

    private static BinaryExpr Binary(BinaryExpr binary, Expr left, Expr right) =>
        ReferenceEquals(left, binary.Left) && ReferenceEquals(right, binary.Right) ? binary : new BinaryExpr(binary.Operator, left, right);

    private static ParenExpr Paren(ParenExpr paren, Expr inner) => ReferenceEquals(inner, paren.Inner) ? paren : new ParenExpr(inner);

    private static Call Call(Call call, Func<Expr, Expr?> replace)
    {
        var arguments = call.Arguments.Select(argument => argument.Rewrite(replace)).ToArray();
        return arguments.Zip(call.Arguments).All(pair => ReferenceEquals(pair.First, pair.Second))
            ? call
            : call with
            {
                Arguments = [.. arguments],
            };
    }
}
