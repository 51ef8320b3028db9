using System.Text;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Printing;

/// <summary>Prints expressions.</summary>
internal static class ExprPrinting
{
    public static StringBuilder Expr(this StringBuilder text, Expr expr) =>
        expr switch
        {
            BinaryExpr binary => text.Binary(binary),
            ParenExpr paren => text.Append('(').Expr(paren.Inner).Append(')'),
            VarRef reference => text.Append(Quote.Ident(reference.Name)).Type(reference.Type),
            Call call => text.Append(NameOf(call)).Append('(').Joined(call.Arguments, Expr).Append(')'),
            DistinctExpr distinct => text.Append("DISTINCT ").Append(Quote.Ident(distinct.Name)),
            Wildcard { Kind: WildcardKind.Fields } => text.Append("*::field"),
            Wildcard { Kind: WildcardKind.Tags } => text.Append("*::tag"),
            Wildcard => text.Append('*'),
            NumberLiteral number => text.Append(Numbers.FormatLiteral(number.Value)),
            IntegerLiteral integer => text.Append(integer.Value),
            UnsignedLiteral unsigned => text.Append(unsigned.Value),
            BooleanLiteral boolean => text.Append(boolean.Value ? "true" : "false"),
            StringLiteral literal => text.Append(Quote.String(literal.Value)),
            DurationLiteral duration => text.Append(DurationText.Format(duration.Nanoseconds)),
            RegexLiteral regex => text.Append('/').Append(regex.Pattern.Replace("/", "\\/").Replace("\n", "\\n")).Append('/'),
            ListLiteral list => text.Append('(').Joined(list.Names, (builder, name) => builder.Append(Quote.Ident(name))).Append(')'),
            _ => throw new ArgumentException($"There is no text for {expr.GetType().Name}.", nameof(expr)),
        };

    public static StringBuilder Joined<T>(this StringBuilder text, IEnumerable<T> items, Func<StringBuilder, T, StringBuilder> print)
    {
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                text.Append(", ");
            }

            print(text, item);
            first = false;
        }

        return text;
    }

    /// <summary>Goes down the left side in a loop: a chain of operators may be long.</summary>
    private static StringBuilder Binary(this StringBuilder text, BinaryExpr binary)
    {
        var chain = new Stack<BinaryExpr>();
        Expr left = binary;
        while (left is BinaryExpr next && (chain.Count == 0 || next.Operator.Precedence() >= chain.Peek().Operator.Precedence()))
        {
            chain.Push(next);
            left = next.Left;
        }

        text.Operand(left, grouped: left is BinaryExpr);
        foreach (var link in chain)
        {
            text.Append(' ').Append(link.Operator.Text()).Append(' ').Right(link);
        }

        return text;
    }

    /// <summary>A right operand that is itself an operation must bind stronger than the operator, else it is grouped; a negated name is a minus before it.</summary>
    private static StringBuilder Right(this StringBuilder text, BinaryExpr link) =>
        link.Right switch
        {
            BinaryExpr right when right.Operator.Precedence() > link.Operator.Precedence() => text.Binary(right),
            BinaryExpr { Operator: Token.Mul, Left: IntegerLiteral { Value: -1 or 1 } sign, Right: VarRef or Call or ParenExpr } signed =>
                text.Append(sign.Value < 0 ? '-' : '+').Expr(signed.Right),
            _ => text.Operand(link.Right, grouped: link.Right is BinaryExpr),
        };

    private static StringBuilder Operand(this StringBuilder text, Expr operand, bool grouped) =>
        grouped ? text.Append('(').Expr(operand).Append(')') : text.Expr(operand);

    private static string NameOf(Call call) => call.Name == "distinct" ? call.Name : Quote.Ident(call.Name);

    private static StringBuilder Type(this StringBuilder text, DataType type) =>
        type switch
        {
            DataType.Unknown => text,
            DataType.AnyField => text.Append("::field"),
            _ => text.Append("::").Append(type.ToString().ToLowerInvariant()),
        };
}
