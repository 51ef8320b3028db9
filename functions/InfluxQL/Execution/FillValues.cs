using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Execution;

/// <summary>The values that fill.</summary>
internal static class FillValues
{
    /// <summary>fill(number) as a value of a type: of a string it is "", of a boolean false.</summary>
    public static FieldValue Cast(Literal number, FieldType type) =>
        type switch
        {
            FieldType.Float => FieldValue.Of(number is IntegerLiteral integer ? integer.Value : ((NumberLiteral)number).Value),
            FieldType.Integer => FieldValue.Of(
                number is IntegerLiteral integer ? integer.Value : Types.ToInteger(((NumberLiteral)number).Value)
            ),
            FieldType.Boolean => FieldValue.Of(false),
            _ => FieldValue.Of(""),
        };

    /// <summary>fill(linear): the value at a time on the line between two points, where times count in whole intervals. Nothing for what is no number.</summary>
    public static FieldValue Line((long Time, FieldValue Value) from, (long Time, FieldValue Value) to, long time, long interval)
    {
        double across = (to.Time / interval) - (from.Time / interval);
        double passed = (time / interval) - (from.Time / interval);
        return from.Value.Type switch
        {
            FieldType.Float => FieldValue.Of(((to.Value.Float - from.Value.Float) / across * passed) + from.Value.Float),
            FieldType.Integer => FieldValue.Of(
                Types.ToInteger(((to.Value.Integer - from.Value.Integer) / across * passed) + from.Value.Integer)
            ),
            _ => default,
        };
    }
}
