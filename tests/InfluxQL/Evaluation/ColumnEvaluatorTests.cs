using Serverless.Domain.Series;
using Serverless.InfluxQL.Evaluation;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Tests.Evaluation;

public sealed class ColumnEvaluatorTests
{
    private static readonly bool[] NoFloat = [false, false, false, false, false, false, true, false];
    private static readonly bool[] NoInteger = [false, false, false, false, false, true, false, true];

    private static Column? Find(string name) =>
        name switch
        {
            "f" => Column.Of(new[] { 1.5, 0, -7.25, 1e300, 2.5, -2.5, 0, 0.5 }, NoFloat),
            "i" => Column.Of(new[] { 3L, 0, -9, 9007199254740993, long.MaxValue, 0, 7, 0 }, NoInteger),
            "b" => Column.Of(
                new[] { true, false, true, true, false, false, false, false },
                new[] { false, false, false, false, true, true, true, true }
            ),
            "s" => Column.Of(new[] { "x", "", "3", "abc", "", "", "", "" }, new[] { false, false, false, false, true, true, true, true }),
            _ => null,
        };

    [Theory]
    [InlineData("i+i", "6 0 -18 18014398509481986 -2 - 14 -")]
    [InlineData("i*i", "9 0 81 18014398509481985 1 - 49 -")]
    [InlineData("i/i", "1 0 1 1 1 - 1 -")]
    [InlineData("i/2", "1.5 0 -4.5 4503599627370496 4.611686018427388E+18 - 3.5 -")]
    [InlineData("i%2", "1 0 -1 1 1 - 1 -")]
    [InlineData("i/0", "0 0 0 0 0 - 0 -")]
    [InlineData("i%0", "0 0 0 0 0 - 0 -")]
    [InlineData("f/0", "0 0 0 0 0 0 - 0")]
    [InlineData("f%0", "NaN NaN NaN NaN NaN NaN - NaN")]
    [InlineData("i&3", "3 0 3 1 3 - 3 -")]
    [InlineData("i|3", "3 3 -9 9007199254740995 9223372036854775807 - 7 -")]
    [InlineData("i^3", "0 3 -12 9007199254740994 9223372036854775804 - 4 -")]
    [InlineData("b&b", "true false true true - - - -")]
    [InlineData("b^true", "false true false false true true true true")]
    [InlineData("b & 1", "false false false false - - - -")]
    [InlineData("3/i", "1 0 -0.3333333333333333 3.3306690738754696E-16 3.2526065174565133E-19 - 0.42857142857142855 -")]
    [InlineData("f+i*2-(f+1)/2", "6.25 -0.5 -22.125 5E+299 -1.25 - - -")]
    [InlineData("f+nope", "- - - - - - - -")]
    [InlineData("nope+1", "- - - - - - - -")]
    [InlineData("-f", "-1.5 -0 7.25 -1E+300 -2.5 2.5 - -0.5")]
    [InlineData("abs(i)", "3 0 -9 9007199254740993 9223372036854775807 - 7 -")]
    [InlineData("abs(f)", "1.5 0 7.25 1E+300 2.5 2.5 - 0.5")]
    [InlineData("floor(f)", "1 0 -8 1E+300 2 -3 - 0")]
    [InlineData("ceil(f)", "2 0 -7 1E+300 3 -2 - 1")]
    [InlineData("round(f)", "2 0 -7 1E+300 3 -3 - 1")]
    [InlineData("round(-0.5*f)", "-1 -0 4 -5E+299 -1 1 - -0")]
    [InlineData("abs(s)", "- - - - - - - -")]
    [InlineData("pow(f, s)", "- - - - - - - -")]
    [InlineData("abs(i)/2", "1.5 0 -4.5 4503599627370496 4.611686018427388E+18 - 3.5 -")]
    public void Expressions_have_the_real_server_s_values(string expr, string expected)
    {
        var column = ColumnEvaluator.Evaluate(Rows.Field(expr), Find, 8);
        Assert.Equal(
            expected,
            string.Join(' ', Enumerable.Range(0, 8).Select(i => column.IsAbsent(i) ? "-" : column[i].ToString().TrimEnd('i')))
        );
    }

    [Fact]
    public void The_least_integer_divided_by_minus_one_is_itself()
    {
        var least = Column.Of(new[] { long.MinValue });
        Assert.Equal(0, ColumnEvaluator.Evaluate(Rows.Field("i % -1"), _ => least, 1)[0].Integer);
        Assert.Equal(long.MinValue, ColumnEvaluator.Evaluate(Rows.Field("i * -1"), _ => least, 1)[0].Integer);
    }
}
