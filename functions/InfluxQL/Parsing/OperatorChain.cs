using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

/// <summary>Operands and the operators between them, made into a tree as they come: operators that bind stronger first, equal ones from the left.</summary>
internal struct OperatorChain(Expr first)
{
    private readonly List<(Expr Left, Token Operator)> open = [];
    private Expr last = first;

    public void Add(Token op, Expr operand)
    {
        Close(op.Precedence());
        open.Add((last, op));
        last = operand;
    }

    public Expr ToExpr()
    {
        Close(0);
        return last;
    }

    private void Close(int precedence)
    {
        while (open.Count > 0 && open[^1].Operator.Precedence() >= precedence)
        {
            last = new BinaryExpr(open[^1].Operator, open[^1].Left, last);
            open.RemoveAt(open.Count - 1);
        }
    }
}
