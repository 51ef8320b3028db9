using Serverless.InfluxQL.Evaluation.Mathematics;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Evaluation;

/// <summary>The functions of mathematics, on numbers; of other values they have no result.</summary>
internal static class MathFunctions
{
    /// <summary>Whether a name is that of a function of mathematics.</summary>
    public static bool IsMath(string name) => Unary(name) is not null || Binary(name) is not null || IsWhole(name);

    public static Operand Apply(string name, Operand number)
    {
        if (!number.IsNumber)
        {
            return Operand.Nothing;
        }

        // These leave integers as they are; the real server's abs, by mistake, too.
        if (IsWhole(name) && number.Kind != OperandKind.Float)
        {
            return number;
        }

        return Unary(name) is { } function ? Map(number, function) : Operand.Nothing;
    }

    public static Operand Apply(string name, Operand left, Operand right)
    {
        if (!left.IsNumber || !right.IsNumber || Binary(name) is not { } function)
        {
            return Operand.Nothing;
        }

        var first = Numeric.Floats(left);
        var second = Numeric.Floats(right);
        var results = new double[Math.Max(first.Length, second.Length)];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = function(first[first.Length == 1 ? 0 : i], second[second.Length == 1 ? 0 : i]);
        }

        return Operand.Like(left, right, Column.Of(results, Kernel.Absent(left, right)));
    }

    private static bool IsWhole(string name) => name is "abs" or "floor" or "ceil" or "round";

    private static Func<double, double>? Unary(string name) =>
        name switch
        {
            "abs" => Math.Abs,
            "floor" => Math.Floor,
            "ceil" => Math.Ceiling,
            "round" => Round,
            "sqrt" => Math.Sqrt,
            "sin" => Trigonometry.Sin,
            "cos" => Trigonometry.Cos,
            "tan" => Trigonometry.Tan,
            "asin" => InverseTrigonometry.Asin,
            "acos" => InverseTrigonometry.Acos,
            "atan" => InverseTrigonometry.Atan,
            "exp" => Exponentials.Exp,
            "ln" => Exponentials.Ln,
            "log2" => Exponentials.Log2,
            "log10" => Exponentials.Log10,
            _ => null,
        };

    private static Func<double, double, double>? Binary(string name) =>
        name switch
        {
            "atan2" => InverseTrigonometry.Atan2,
            "pow" => Exponentials.Pow,
            "log" => (value, root) => Exponentials.Ln(value) / Exponentials.Ln(root),
            _ => null,
        };

    /// <summary>Halves are rounded away from zero; the sign of a zero stays.</summary>
    private static double Round(double value) => Math.Round(value, MidpointRounding.AwayFromZero);

    private static Operand Map(Operand number, Func<double, double> function)
    {
        var values = Numeric.Floats(number);
        var results = new double[values.Length];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = function(values[i]);
        }

        var column = Column.Of(results, ColumnCast.AbsentOf(number.Column));
        return number.IsConstant ? Operand.Constant(column) : Operand.Rows(column);
    }
}
