using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Regexes;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>Where an expression stands; the rules differ.</summary>
internal enum ExprPlace : byte
{
    /// <summary>In the fields of SELECT: integers are divided to floats.</summary>
    Select,

    /// <summary>In WHERE on a measurement: integers are divided to integers, and an absent field fits nothing.</summary>
    Condition,

    /// <summary>In WHERE on a subquery: integers are divided to integers, and mathematics has no values.</summary>
    SubqueryCondition,
}

/// <summary>Evaluates an expression for the rows of some columns.</summary>
/// <param name="columns">Finds a column by its name; null where all is absent.</param>
/// <param name="place">Where the expression stands.</param>
internal readonly struct ExprEvaluation(Func<string, Column?> columns, ExprPlace place)
{
    /// <summary>Patterns as expressions that match, for as long as the query that they are of lives.</summary>
    private static readonly ConditionalWeakTable<RegexLiteral, Regex> Patterns = [];

    public Operand Evaluate(Expr expr) =>
        expr switch
        {
            BinaryExpr binary => Chain(binary),
            ParenExpr paren => Evaluate(paren.Inner),
            VarRef reference => Reference(reference),
            Call call when place != ExprPlace.SubqueryCondition => Math(call),
            NumberLiteral number => Operand.Constant(Column.Of(new[] { number.Value })),
            IntegerLiteral integer => Operand.Constant(Column.Of(new[] { integer.Value })),
            UnsignedLiteral unsigned => Operand.Unsigned(Column.Of(new[] { unchecked((long)unsigned.Value) }), isConstant: true),
            BooleanLiteral boolean => Operand.Constant(Column.Of(new[] { boolean.Value })),
            StringLiteral text => Operand.Constant(Column.Of(new[] { text.Value })),
            RegexLiteral regex => Operand.Pattern(PatternOf(regex)),
            _ => Operand.Nothing,
        };

    public static Regex PatternOf(RegexLiteral literal) => Patterns.GetValue(literal, regex => RegexSyntax.ToRegex(regex.Pattern));

    /// <summary>Goes down the left side in a loop: a chain of operators may be long.</summary>
    private Operand Chain(BinaryExpr binary)
    {
        var links = new Stack<BinaryExpr>();
        Expr left = binary;
        while (left is BinaryExpr next)
        {
            links.Push(next);
            left = next.Left;
        }

        var result = Evaluate(left);
        while (links.TryPop(out var link))
        {
            result = Apply(link.Operator, result, Evaluate(link.Right));
        }

        return result;
    }

    private Operand Apply(Token op, Operand left, Operand right)
    {
        if (op is Token.EqRegex or Token.NeqRegex)
        {
            return Comparison.Match(op, left, right);
        }

        return (left.Kind, right.Kind) switch
        {
            (OperandKind.Boolean, OperandKind.Nothing) when right.FitsNothing => Logic.Misfit(op, left, right),
            (OperandKind.Nothing, OperandKind.Boolean) when left.FitsNothing => Comparison.IsComparison(op)
                ? Comparison.False(left, right)
                : Operand.Nothing,
            (OperandKind.Boolean, OperandKind.Boolean or OperandKind.Nothing) or (OperandKind.Nothing, OperandKind.Boolean) => Logic.Apply(
                op,
                left,
                right
            ),
            (OperandKind.Boolean, _) => Logic.Misfit(op, left, right),
            _ when Comparison.IsComparison(op) => Comparison.Apply(op, left, right),
            _ when left.IsNumber && right.IsNumber => Arithmetic.Apply(op, left, right, cutsIntegers: place != ExprPlace.Select),
            _ => Operand.Nothing,
        };
    }

    private Operand Reference(VarRef reference)
    {
        if (columns(reference.Name) is not { } column)
        {
            return place == ExprPlace.Condition ? Operand.Missing : Operand.Nothing;
        }

        column = ColumnCast.TypeOf(reference.Type) is { } type ? ColumnCast.To(column, type) : column;
        return place == ExprPlace.Condition ? Operand.Field(column) : Operand.Rows(column);
    }

    private Operand Math(Call call)
    {
        if (call.Arguments.Count is not (1 or 2))
        {
            return Operand.Nothing;
        }

        var first = Evaluate(call.Arguments[0]);
        return call.Arguments.Count == 1
            ? MathFunctions.Apply(call.Name, first)
            : MathFunctions.Apply(call.Name, first, Evaluate(call.Arguments[1]));
    }
}
