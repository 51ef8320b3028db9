using System.Text.RegularExpressions;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Regexes;
using Serverless.InfluxQL.Syntax;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>A condition on measurements as a whole: WHERE of SHOW MEASUREMENTS.</summary>
/// <remarks>
/// A comparison with = or =~ selects the measurements in which the tag has such a value in some series; one with != or !~ those that have the tag, but in no series with that value.
/// </remarks>
internal static class MeasurementCondition
{
    /// <summary>A test of a measurement by its series.</summary>
    /// <exception cref="QueryException">The condition is not one of tags.</exception>
    public static Func<IReadOnlyList<SeriesInfo>, bool> Compile(Expr? condition)
    {
        switch (condition)
        {
            case null:
                return _ => true;
            case ParenExpr paren:
                return Compile(paren.Inner);
            case BinaryExpr { Operator: Token.And } and:
                var (first, second) = (Compile(and.Left), Compile(and.Right));
                return series => first(series) && second(series);
            case BinaryExpr { Operator: Token.Or } or:
                var (left, right) = (Compile(or.Left), Compile(or.Right));
                return series => left(series) || right(series);
            case BinaryExpr { Operator: Token.Eq or Token.Neq or Token.EqRegex or Token.NeqRegex } compare:
                return Compare(compare);
            case BinaryExpr:
                throw new QueryException("invalid tag comparison operator");
            default:
                throw new QueryException(GoSyntax.Of(condition));
        }
    }

    private static Func<IReadOnlyList<SeriesInfo>, bool> Compare(BinaryExpr compare)
    {
        if (compare.Left is not VarRef tag)
        {
            throw new QueryException($"left side of '{compare.Operator.Text()}' must be a tag key");
        }

        var matches = ValueTest(compare);
        var wanted = compare.Operator is Token.Eq or Token.EqRegex;
        if (tag.Name == TagCondition.MeasurementName)
        {
            return series => matches(series[0].Measurement) == wanted;
        }

        return series =>
        {
            var values = series.Select(info => info.Tags[tag.Name]).OfType<string>().ToList();
            return values.Count > 0 && values.Exists(value => matches(value)) == wanted;
        };
    }

    private static Func<string, bool> ValueTest(BinaryExpr compare)
    {
        switch (compare.Right)
        {
            case StringLiteral text:
                return value => value == text.Value;
            case RegexLiteral pattern:
                Regex regex = RegexSyntax.ToRegex(pattern.Pattern);
                return regex.IsMatch;
            default:
                throw new QueryException($"right side of '{compare.Operator.Text()}' must be a tag value string");
        }
    }
}
