using System.Globalization;
using Serverless.InfluxQL.Evaluation;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Tests.Evaluation;

public sealed class MathematicsTests
{
    public static TheoryData<string> Results => new(RecordedMathematics.Results.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [MemberData(nameof(Results))]
    public void Mathematics_agrees_with_the_real_server_to_the_last_digit(string line)
    {
        var parts = line.Split(" | ");
        var (f, g) = (Number(parts[1]), Number(parts[2]));
        var result = ColumnEvaluator.Evaluate(Rows.Field(parts[0]), name => Column.Of(new[] { name == "f" ? f : g }), 1)[0].Float;
        Assert.Equal(parts[3] == "null" ? double.NaN : Number(parts[3]), result);
    }

    [Theory]
    [InlineData(1e9)]
    [InlineData(123456789012.5)]
    [InlineData(1e22)]
    [InlineData(1.7e308)]
    public void Large_angles_are_reduced(double angle)
    {
        Assert.Equal(Math.Sin(angle), Value("sin(f)", angle), 1e-15);
        Assert.Equal(Math.Cos(angle), Value("cos(f)", angle), 1e-15);
    }

    [Theory]
    [InlineData("pow(f, -2)", 4, 0.0625)]
    [InlineData("pow(f, 0.5)", 4, 2)]
    [InlineData("pow(f, 3)", -2, -8)]
    [InlineData("pow(f, 0)", 0, 1)]
    [InlineData("pow(f, 5000)", 1.5, double.PositiveInfinity)]
    [InlineData("exp(f)", -800, 0)]
    [InlineData("ln(f)", 0, double.NegativeInfinity)]
    [InlineData("ln(f)", -1, double.NaN)]
    [InlineData("log2(f)", 8, 3)]
    [InlineData("sin(f)", double.NegativeInfinity, double.NaN)]
    [InlineData("atan(f)", double.PositiveInfinity, Math.PI / 2)]
    public void Borders_are_those_of_floats(string call, double value, double expected) => Assert.Equal(expected, Value(call, value));

    private static double Value(string call, double value) =>
        ColumnEvaluator.Evaluate(Rows.Field(call), _ => Column.Of(new[] { value }), 1)[0].Float;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
