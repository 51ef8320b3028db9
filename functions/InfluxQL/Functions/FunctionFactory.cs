using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Functions;

/// <summary>The functions of the language: their kinds, the types that they give, and their runtimes.</summary>
public static partial class FunctionFactory
{
    /// <summary>What a function is; <see cref="FunctionKind.None"/> for those of mathematics and unknown ones.</summary>
    public static FunctionKind KindOf(string name) =>
        name switch
        {
            "count" or "sum" or "mean" or "median" or "mode" or "stddev" or "spread" or "distinct" or "integral" => FunctionKind.Aggregate,
            "min" or "max" or "first" or "last" or "percentile" or "top" or "bottom" or "sample" => FunctionKind.Selector,
            "derivative" or "non_negative_derivative" or "difference" or "non_negative_difference" => FunctionKind.Transformation,
            "cumulative_sum" or "moving_average" or "elapsed" => FunctionKind.Transformation,
            "exponential_moving_average" or "double_exponential_moving_average" or "triple_exponential_moving_average" =>
                FunctionKind.Transformation,
            "relative_strength_index" or "triple_exponential_derivative" or "chande_momentum_oscillator" => FunctionKind.Transformation,
            "kaufmans_efficiency_ratio" or "kaufmans_adaptive_moving_average" => FunctionKind.Transformation,
            "holt_winters" or "holt_winters_with_fit" => FunctionKind.Prediction,
            _ => FunctionKind.None,
        };

    /// <summary>
    /// Whether a function takes all points of a group one after the other, through all windows, and so is a <see cref="Functions.Transformer"/>: transformations,
    /// predictions, and integral, which is an aggregate but cuts the area at the windows' borders itself. Its points are not filled.
    /// </summary>
    public static bool IsStreamed(string name) =>
        name == "integral" || KindOf(name) is FunctionKind.Transformation or FunctionKind.Prediction;

    /// <summary>The type that a call gives for values of a type.</summary>
    /// <param name="call">The call.</param>
    /// <param name="input">The type of the field, or of what the inner call gives.</param>
    public static FieldType OutputOf(Call call, FieldType input) =>
        call.Name switch
        {
            "count" or "elapsed" => FieldType.Integer,
            "mean" or "median" or "stddev" or "integral" or "derivative" or "non_negative_derivative" or "moving_average" =>
                FieldType.Float,
            "exponential_moving_average" or "double_exponential_moving_average" or "triple_exponential_moving_average" => FieldType.Float,
            "relative_strength_index" or "triple_exponential_derivative" or "chande_momentum_oscillator" => FieldType.Float,
            "kaufmans_efficiency_ratio" or "kaufmans_adaptive_moving_average" => FieldType.Float,
            "holt_winters" or "holt_winters_with_fit" => FieldType.Float,
            _ => input,
        };
}
