using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Functions;

namespace Serverless.InfluxQL.Tests.Functions;

public sealed class UnsupportedTypeTests
{
    [Theory]
    [InlineData("sum(x)", "sum", "StringInterrupt")]
    [InlineData("mean(x)", "mean", "StringInterrupt")]
    [InlineData("median(x)", "median", "StringInterrupt")]
    [InlineData("stddev(x)", "stddev", "StringInterrupt")]
    [InlineData("spread(x)", "spread", "StringInterrupt")]
    [InlineData("min(x)", "min", "StringInterrupt")]
    [InlineData("max(x)", "max", "StringInterrupt")]
    [InlineData("percentile(x, 50)", "percentile", "StringInterrupt")]
    [InlineData("top(x, 2)", "top", "StringInterrupt")]
    [InlineData("top(x, h, 2)", "max", "StringInterrupt")]
    [InlineData("bottom(x, h, 2)", "min", "StringInterrupt")]
    [InlineData("integral(x)", "integral", "StringInterrupt")]
    [InlineData("non_negative_derivative(x)", "derivative", "StringInterrupt")]
    [InlineData("non_negative_difference(x)", "difference", "StringInterrupt")]
    [InlineData("cumulative_sum(x)", "cumulative sum", "StringInterrupt")]
    [InlineData("moving_average(x, 2)", "moving average", "StringInterrupt")]
    [InlineData("kaufmans_efficiency_ratio(x, 2)", "kaufmans efficiency ratio", "StringInterrupt")]
    [InlineData("holt_winters(first(x), 2, 2)", "elapsed", "StringInterrupt")]
    [InlineData("derivative(first(x))", "derivative", "StringInterrupt")]
    [InlineData("derivative(distinct(x))", "derivative", "StringInterval")]
    [InlineData("derivative(sample(x, 2))", "derivative", "StringReduceString")]
    [InlineData("mean(x)", "mean", "BooleanInterrupt")]
    [InlineData("top(x, h, 2)", "top", "BooleanReduceBoolean")]
    [InlineData("cumulative_sum(sample(x, 2))", "cumulative sum", "BooleanReduceBoolean")]
    public void A_type_that_a_function_does_not_take_is_refused_in_the_real_server_s_words(string text, string label, string iterator)
    {
        var call = Samples.Parse(text);
        var input = iterator.StartsWith("String", StringComparison.Ordinal) ? FieldType.String : FieldType.Boolean;
        var name = char.ToLowerInvariant(iterator[0]) + iterator[1..];
        var error = Assert.Throws<QueryException>(() =>
            FunctionFactory.IsStreamed(call.Name)
                ? (object)FunctionFactory.Transformer(call, input, new StageOptions())
                : FunctionFactory.Reducer(call, input, new StageOptions())
        );
        Assert.Equal($"unsupported {label} iterator type: *query.{name}Iterator", error.Message);
    }

    [Theory]
    [InlineData("moving_average(x, 100000000)")]
    [InlineData("holt_winters(mean(x), 100000000, 0)")]
    [InlineData("holt_winters(mean(x), 1, 100000)")]
    public void What_would_cost_too_much_is_refused(string text) =>
        Assert.Throws<QueryException>(() =>
            FunctionFactory.Transformer(Samples.Parse(text), FieldType.Float, new StageOptions { Interval = 1 })
        );
}
