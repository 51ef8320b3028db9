using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Planning;

/// <summary>The types of what functions give.</summary>
internal static class FunctionTypes
{
    /// <summary>The type that the real server assumes: of functions of single values, for one, that of their argument.</summary>
    /// <param name="name">The function.</param>
    /// <param name="arguments">The types of its arguments, at least one.</param>
    public static DataType ResultOf(string name, IReadOnlyList<DataType> arguments) =>
        name switch
        {
            "count" or "elapsed" => DataType.Integer,
            "mean"
            or "median"
            or "integral"
            or "stddev"
            or "derivative"
            or "non_negative_derivative"
            or "moving_average"
            or "exponential_moving_average"
            or "double_exponential_moving_average"
            or "triple_exponential_moving_average"
            or "relative_strength_index"
            or "triple_exponential_derivative"
            or "kaufmans_efficiency_ratio"
            or "kaufmans_adaptive_moving_average"
            or "chande_momentum_oscillator"
            or "holt_winters"
            or "holt_winters_with_fit" => DataType.Float,
            _ => arguments is [var first, ..] ? first : DataType.Unknown,
        };
}
