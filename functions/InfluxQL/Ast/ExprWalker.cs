namespace Serverless.InfluxQL.Ast;

/// <summary>Goes through the parts of an expression.</summary>
public static class ExprWalker
{
    /// <summary>The expression and all within it, each before its parts, left to right. It does not recurse: a chain of operators may be long.</summary>
    public static IEnumerable<Expr> Walk(this Expr expr)
    {
        var open = new Stack<Expr>([expr]);
        while (open.TryPop(out var next))
        {
            yield return next;
            switch (next)
            {
                case BinaryExpr binary:
                    open.Push(binary.Right);
                    open.Push(binary.Left);
                    break;
                case ParenExpr paren:
                    open.Push(paren.Inner);
                    break;
                case Call call:
                    for (var i = call.Arguments.Count - 1; i >= 0; i--)
                    {
                        open.Push(call.Arguments[i]);
                    }

                    break;
            }
        }
    }
}
