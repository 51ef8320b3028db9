using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>
/// Evaluates the expressions of SELECT: arithmetic and mathematics over columns. A row in which a value is absent, or of a type that an operator does not take, has no
/// result. Floats may come out as infinite or as no number.
/// </summary>
public static class ColumnEvaluator
{
    /// <param name="expr">The expression: names, literals, operators, calls of mathematics.</param>
    /// <param name="columns">Finds a column by its name; null where it is absent altogether. Columns have <paramref name="count"/> rows.</param>
    /// <param name="count">How many rows.</param>
    /// <returns>A column of so many rows; where nothing can come out, one of floats in which all is absent.</returns>
    public static Column Evaluate(Expr expr, Func<string, Column?> columns, int count)
    {
        var result = new ExprEvaluation(columns, ExprPlace.Select).Evaluate(expr);
        return result.Kind switch
        {
            OperandKind.Nothing or OperandKind.Regex => Column.Nothing(FieldType.Float, count),
            OperandKind.Unsigned => Column.Of(Numeric.Floats(result).ToArray(), ColumnCast.AbsentOf(result.Column)),
            _ => result.Spread(count),
        };
    }
}
