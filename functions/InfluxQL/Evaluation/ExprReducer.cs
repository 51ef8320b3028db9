using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>Simplifies expressions: what is known is put in, and what consists of literals is reckoned.</summary>
public static class ExprReducer
{
    private static readonly BooleanLiteral True = new(true);
    private static readonly BooleanLiteral False = new(false);

    /// <summary>Reckons what consists of literals alone: numbers (integers are divided to floats), strings, booleans, durations. What they leave of AND and OR is left out.</summary>
    public static Expr Fold(Expr expr) =>
        expr switch
        {
            BinaryExpr binary => Chain(
                binary,
                Fold,
                static (op, left, right) => Junction(op, left, right) ?? LiteralFolding.Fold(op, left, right)
            ),
            ParenExpr paren => Fold(paren.Inner) is var inner && inner is BinaryExpr ? new ParenExpr(inner) : inner,
            Call call => new Call(call.Name, [.. call.Arguments.Select(Fold)]),
            _ => expr,
        };

    /// <summary>
    /// What is left of a condition for one series, whose tags are known: true, false, or a condition on fields. A comparison of a tag with a string, a pattern or another tag
    /// is decided by the rules of the real server's index: a tag that is missing is "", but equals no other tag; with anything else, or by any other operator, no tag compares.
    /// In what else there is, known tags are put in, and those that are missing stay names without a value. Arithmetic in place of a condition is true.
    /// </summary>
    /// <param name="condition">The condition, folded.</param>
    /// <param name="known">What a name is known to be: the tag's value, "" where the series lacks the tag; null for a field.</param>
    /// <returns>A <see cref="BooleanLiteral"/>, or the rest.</returns>
    public static Expr Reduce(Expr condition, Func<VarRef, Literal?> known) =>
        condition switch
        {
            ParenExpr paren => Reduce(paren.Inner, known) is var inner && inner is BinaryExpr ? new ParenExpr(inner) : inner,
            BinaryExpr { Operator: Token.And or Token.Or } junction => Junctions(junction, known),
            BinaryExpr binary => Compare(binary, known),
            _ => condition,
        };

    private static Expr Junctions(BinaryExpr junction, Func<VarRef, Literal?> known)
    {
        var links = new Stack<BinaryExpr>();
        Expr left = junction;
        while (left is BinaryExpr { Operator: Token.And or Token.Or } next)
        {
            links.Push(next);
            left = next.Left;
        }

        var result = Reduce(left, known);
        while (links.TryPop(out var link))
        {
            var right = Reduce(link.Right, known);
            result = Junction(link.Operator, result, right) ?? new BinaryExpr(link.Operator, result, right);
        }

        return result;
    }

    /// <summary>AND or OR with a side that is true or false; null where there is none.</summary>
    private static Expr? Junction(Token op, Expr left, Expr right) =>
        (op, left, right) switch
        {
            (Token.And, BooleanLiteral { Value: false }, _) or (Token.And, _, BooleanLiteral { Value: false }) => False,
            (Token.And, BooleanLiteral, _) => right,
            (Token.And, _, BooleanLiteral) => left,
            (Token.Or, BooleanLiteral { Value: true }, _) or (Token.Or, _, BooleanLiteral { Value: true }) => True,
            (Token.Or, BooleanLiteral, _) => right,
            (Token.Or, _, BooleanLiteral) => left,
            _ => null,
        };

    private static Expr Compare(BinaryExpr binary, Func<VarRef, Literal?> known)
    {
        var isCondition = binary.Operator is Token.EqRegex or Token.NeqRegex || Comparison.IsComparison(binary.Operator);
        var reckons = binary.Left is BinaryExpr || binary.Right is BinaryExpr;
        if (!reckons && TagOf(binary, known) is var (value, other))
        {
            return Decide(binary.Operator, value, other, known);
        }

        return isCondition ? PutIn(binary, known) : True;
    }

    /// <summary>The tag of a comparison in which no field is named, and the other side.</summary>
    private static (string Value, Expr Other)? TagOf(BinaryExpr binary, Func<VarRef, Literal?> known)
    {
        var (name, other) = binary.Left is VarRef left ? (left, binary.Right) : (binary.Right as VarRef, binary.Left);
        return name is not null && known(name) is StringLiteral value && (other is not VarRef second || known(second) is not null)
            ? (value.Value, other)
            : null;
    }

    private static BooleanLiteral Decide(Token op, string value, Expr other, Func<VarRef, Literal?> known) =>
        (op, other) switch
        {
            (Token.Eq, StringLiteral text) => Of(value == text.Value),
            (Token.Neq, StringLiteral text) => Of(value != text.Value),
            (Token.EqRegex, RegexLiteral regex) => Of(ExprEvaluation.PatternOf(regex).IsMatch(value)),
            (Token.NeqRegex, RegexLiteral regex) => Of(!ExprEvaluation.PatternOf(regex).IsMatch(value)),
            (Token.Eq, VarRef second) => Of(value.Length > 0 && known(second) is StringLiteral same && same.Value == value),
            (Token.Neq, VarRef second) => Of(value.Length == 0 || known(second) is not StringLiteral same || same.Value != value),
            _ => False,
        };

    private static BooleanLiteral Of(bool value) => value ? True : False;

    /// <summary>Puts the tags that there are into an expression of fields.</summary>
    private static Expr PutIn(Expr expr, Func<VarRef, Literal?> known) =>
        expr switch
        {
            BinaryExpr binary => Chain(binary, part => PutIn(part, known), static (op, left, right) => new BinaryExpr(op, left, right)),
            ParenExpr paren => new ParenExpr(PutIn(paren.Inner, known)),
            Call call => new Call(call.Name, [.. call.Arguments.Select(argument => PutIn(argument, known))]),
            VarRef name when known(name) is { } value and not StringLiteral { Value: "" } => value,
            _ => expr,
        };

    /// <summary>Goes down the left side in a loop: a chain of operators may be long.</summary>
    private static Expr Chain(BinaryExpr binary, Func<Expr, Expr> part, Func<Token, Expr, Expr, Expr> join)
    {
        var links = new Stack<BinaryExpr>();
        Expr left = binary;
        while (left is BinaryExpr next)
        {
            links.Push(next);
            left = next.Left;
        }

        var result = part(left);
        while (links.TryPop(out var link))
        {
            result = join(link.Operator, result, part(link.Right));
        }

        return result;
    }
}
