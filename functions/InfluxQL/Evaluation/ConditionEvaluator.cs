using System.Buffers;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>
/// Evaluates WHERE: which rows pass. Absent values and values of a type that an operator does not take compare as false, also with !=. Integers are divided to integers;
/// what consists of literals alone was folded before (<see cref="ExprReducer.Fold"/>), as floats.
/// </summary>
public static class ConditionEvaluator
{
    /// <param name="condition">The condition, without those on time.</param>
    /// <param name="columns">Finds the column of a field or tag by its name; null where it is absent altogether.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="passes">Set for each row.</param>
    /// <param name="ofSubquery">Whether the rows are those of a subquery: the real server then knows no mathematics, and an absent value beside a boolean counts as false.</param>
    public static void Evaluate(Expr condition, Func<string, Column?> columns, int count, Span<bool> passes, bool ofSubquery = false) =>
        new Evaluation(new ExprEvaluation(columns, ofSubquery ? ExprPlace.SubqueryCondition : ExprPlace.Condition), columns).Fill(
            condition,
            passes[..count]
        );

    private readonly struct Evaluation(ExprEvaluation expressions, Func<string, Column?> columns)
    {
        public void Fill(Expr condition, Span<bool> passes)
        {
            switch (condition)
            {
                case ParenExpr paren:
                    Fill(paren.Inner, passes);
                    break;
                case BooleanLiteral literal:
                    passes.Fill(literal.Value);
                    break;
                case BinaryExpr { Operator: Token.And or Token.Or } junction when IsBoolean(junction.Left) && IsBoolean(junction.Right):
                    Join(junction, passes);
                    break;
                case BinaryExpr { Left: VarRef name, Right: Literal literal } comparison when Comparison.IsComparison(comparison.Operator):
                    Compare(comparison, comparison.Operator, name, literal, passes);
                    break;
                case BinaryExpr { Left: Literal literal, Right: VarRef name } comparison when Comparison.IsComparison(comparison.Operator):
                    Compare(comparison, Mirror(comparison.Operator), name, literal, passes);
                    break;
                default:
                    General(condition, passes);
                    break;
            }
        }

        /// <summary>Whether there is a boolean for every row: then AND and OR are those of logic.</summary>
        private static bool IsBoolean(Expr expr)
        {
            while (true)
            {
                switch (expr)
                {
                    case ParenExpr paren:
                        expr = paren.Inner;
                        break;
                    case BinaryExpr { Operator: Token.And or Token.Or } junction:
                        if (!IsBoolean(junction.Right))
                        {
                            return false;
                        }

                        expr = junction.Left;
                        break;
                    case BinaryExpr { Operator: Token.EqRegex or Token.NeqRegex, Left: VarRef, Right: RegexLiteral }:
                        return true;
                    default:
                        return expr is BooleanLiteral || (expr is BinaryExpr binary && Comparison.IsComparison(binary.Operator));
                }
            }
        }

        /// <summary>Goes down the left side in a loop: a chain of AND and OR may be long.</summary>
        private void Join(BinaryExpr junction, Span<bool> passes)
        {
            var links = new Stack<BinaryExpr>();
            Expr left = junction;
            while (left is BinaryExpr { Operator: Token.And or Token.Or } next)
            {
                links.Push(next);
                left = next.Left;
            }

            Fill(left, passes);
            var rented = ArrayPool<bool>.Shared.Rent(passes.Length);
            var other = rented.AsSpan(0, passes.Length);
            while (links.TryPop(out var link))
            {
                // Where nothing passes any more, or all does, the right side changes nothing.
                var isAnd = link.Operator == Token.And;
                if (passes.Contains(isAnd))
                {
                    if (isAnd || passes.Contains(false))
                    {
                        Fill(link.Right, other);
                        Combine(isAnd, passes, other);
                    }
                }
            }

            ArrayPool<bool>.Shared.Return(rented);
        }

        private static void Combine(bool isAnd, Span<bool> passes, ReadOnlySpan<bool> other)
        {
            for (var i = 0; i < passes.Length; i++)
            {
                passes[i] = isAnd ? passes[i] & other[i] : passes[i] | other[i];
            }
        }

        /// <summary>A name and a literal: numbers are compared by vectors.</summary>
        private void Compare(BinaryExpr comparison, Token op, VarRef name, Literal literal, Span<bool> passes)
        {
            if (columns(name.Name) is not { } column)
            {
                passes.Clear();
                return;
            }

            column = ColumnCast.TypeOf(name.Type) is { } type ? ColumnCast.To(column, type) : column;
            switch (column.Type, literal)
            {
                case (FieldType.Float, NumberLiteral number):
                    VectorComparison.Compare(op, column.Floats, number.Value, passes);
                    break;
                case (FieldType.Float, IntegerLiteral integer):
                    VectorComparison.Compare(op, column.Floats, integer.Value, passes);
                    break;
                case (FieldType.Integer, IntegerLiteral integer):
                    VectorComparison.Compare(op, column.Integers, integer.Value, passes);
                    break;
                default:
                    General(comparison, passes);
                    return;
            }

            Clear(column.Absent, passes);
        }

        private void General(Expr condition, Span<bool> passes)
        {
            var result = expressions.Evaluate(condition);
            if (result.Kind != OperandKind.Boolean)
            {
                passes.Clear();
                return;
            }

            var column = result.Spread(passes.Length);
            column.Booleans.CopyTo(passes);
            Clear(column.Absent, passes);
        }

        private static void Clear(ReadOnlySpan<bool> absent, Span<bool> passes)
        {
            for (var i = 0; i < absent.Length; i++)
            {
                passes[i] &= !absent[i];
            }
        }

        private static Token Mirror(Token op) =>
            op switch
            {
                Token.Lt => Token.Gt,
                Token.Lte => Token.Gte,
                Token.Gt => Token.Lt,
                Token.Gte => Token.Lte,
                _ => op,
            };
    }
}
