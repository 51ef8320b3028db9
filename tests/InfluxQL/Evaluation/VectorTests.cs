using FsCheck;
using FsCheck.Fluent;
using Serverless.InfluxQL.Evaluation;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Tests.Evaluation;

public sealed class VectorTests
{
    private static readonly string[] Operators = ["=", "!=", "<", "<=", ">", ">="];

    [Fact]
    public void Vectors_compare_as_single_numbers_do() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<double[]>(),
                values =>
                {
                    var constant = values.Length > 3 ? values[^1] : 0.5;
                    constant = double.IsFinite(constant) && Math.Abs(constant) < 1e6 ? Math.Round(constant, 2) : 0.25;
                    double[] floats = [.. values, constant, 1];
                    foreach (var op in Operators)
                    {
                        var passes = new bool[floats.Length];
                        ConditionEvaluator.Evaluate(Rows.Condition($"f {op} {constant:F2}"), _ => Column.Of(floats), floats.Length, passes);
                        for (var i = 0; i < floats.Length; i++)
                        {
                            Assert.Equal(Holds(op, floats[i], constant), passes[i]);
                        }
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    private static bool Holds(string op, double left, double right) =>
        op switch
        {
            "=" => left == right,
            "!=" => left != right,
            "<" => left < right,
            "<=" => left <= right,
            ">" => left > right,
            _ => left >= right,
        };
}
