using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Syntax;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Planning;

/// <summary>Takes the conditions on time out of WHERE: wherever they stand, also under OR, they are a range that all points are in.</summary>
internal sealed class TimeConditions(TimeZoneInfo? zone, long now)
{
    private readonly ConstantFolding folding = ConstantFolding.OfConditions(zone, now);

    /// <summary>Splits a condition.</summary>
    /// <returns>What is left of it, null if nothing, and the range.</returns>
    /// <exception cref="QueryException">It is no condition, or one on time that cannot be understood.</exception>
    public (Expr? Remainder, TimeRange Range) Split(Expr? condition)
    {
        if (condition is null)
        {
            return (null, default);
        }

        var (rest, range) = Take(condition);
        rest = rest is ParenExpr paren ? paren.Inner : rest;
        return (rest is BooleanLiteral { Value: true } ? null : rest, range);
    }

    private (Expr? Remainder, TimeRange Range) Take(Expr condition)
    {
        switch (condition)
        {
            case BinaryExpr { Operator: Token.And or Token.Or } binary:
                var (left, leftRange) = Take(binary.Left);
                var (right, rightRange) = Take(binary.Right);
                var both =
                    left is null || right is null
                        ? left ?? right
                        : ConstantFolding.Plain.Fold(new BinaryExpr(binary.Operator, left, right));
                return (both, leftRange.And(rightRange));
            case BinaryExpr { Left: VarRef name } binary when IsTime(name):
                return (null, RangeOf(binary.Operator, binary.Right));
            case BinaryExpr { Right: VarRef name } binary when IsTime(name):
                return (null, RangeOf(Reversed(binary.Operator), binary.Left));
            case BinaryExpr:
                return (folding.Fold(condition), default);
            case ParenExpr paren:
                var (inner, range) = Take(paren.Inner);
                return (inner is null ? null : ConstantFolding.Plain.Fold(new ParenExpr(inner)), range);
            case BooleanLiteral:
                return (condition, default);
            default:
                throw new QueryException($"invalid condition expression: {condition}");
        }
    }

    private static bool IsTime(VarRef name) => name.Name.Equals("time", StringComparison.OrdinalIgnoreCase);

    private static Token Reversed(Token op) =>
        op switch
        {
            Token.Gt => Token.Lt,
            Token.Gte => Token.Lte,
            Token.Lt => Token.Gt,
            Token.Lte => Token.Gte,
            _ => op,
        };

    private TimeRange RangeOf(Token op, Expr operand)
    {
        var time = TimeOf(operand);
        return op switch
        {
            Token.Gt => new(time + 1, null),
            Token.Gte => new(time, null),
            Token.Lt => new(null, time - 1),
            Token.Lte => new(null, time),
            Token.Eq => new(time, time),
            _ => throw new QueryException($"invalid time comparison operator: {op.Text()}"),
        };
    }

    private Int128 TimeOf(Expr operand)
    {
        if (operand is StringLiteral text && TimeText.IsTime(text.Value))
        {
            operand = TimeText.TryParseWide(text.Value, zone, out var nanoseconds)
                ? new TimeLiteral(nanoseconds)
                : throw new QueryException("invalid timestamp string");
        }

        return folding.Reduce(operand) switch
        {
            TimeLiteral late when late.Nanoseconds > TimeRange.MaxTime => throw new QueryException(
                $"time {late.Format(zone)} overflows time literal"
            ),
            TimeLiteral early when early.Nanoseconds <= TimeRange.MinTime => throw new QueryException(
                $"time {early.Format(zone)} underflows time literal"
            ),
            TimeLiteral time => time.Nanoseconds,
            DurationLiteral duration => duration.Nanoseconds,
            NumberLiteral number => GoConversion.ToInt64(number.Value),
            IntegerLiteral integer => integer.Value,
            var other => throw new QueryException($"invalid operation: time and {GoType(other)} are not compatible"),
        };
    }

    /// <summary>The name of the node's type in the real server, which its texts show.</summary>
    public static string GoType(Expr expr) => "*influxql." + (expr is DistinctExpr ? "Distinct" : expr.GetType().Name);
}
