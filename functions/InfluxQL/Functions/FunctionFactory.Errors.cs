using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

public static partial class FunctionFactory
{
    /// <summary>The real server's text: it names the Go type of the iterator that the values came from.</summary>
    private static QueryException Unsupported(Call call, FieldType input)
    {
        var type = input == FieldType.String ? "String" : "Boolean";
        var tagged = call.Name is "top" or "bottom" && call.Arguments.Count > 2;
        var label = call.Name switch
        {
            // With tags the best of each combination is sought first, which booleans have and strings have not.
            "top" when tagged && input == FieldType.String => "max",
            "bottom" when tagged && input == FieldType.String => "min",
            "non_negative_derivative" => "derivative",
            "non_negative_difference" => "difference",
            "holt_winters" or "holt_winters_with_fit" => "elapsed",
            _ => call.Name.Replace('_', ' '),
        };
        var iterator =
            tagged && input == FieldType.Boolean ? $"Reduce{type}"
            : call.Arguments[0] is Call { Name: "distinct" } ? "Interval"
            : call.Arguments[0] is Call { Name: "sample" } ? $"Reduce{type}"
            : "Interrupt";
        return new QueryException($"unsupported {label} iterator type: *query.{type.ToLowerInvariant()}{iterator}Iterator");
    }
}
