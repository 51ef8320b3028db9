using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Planning;

/// <summary>The types of the values that expressions really give; null where they never give any.</summary>
internal static class OutputTypes
{
    /// <param name="expr">An expression whose names all have types.</param>
    public static FieldType? Of(Expr expr) =>
        expr switch
        {
            VarRef name => name.Type.ToFieldType(),
            Call call => OfMath(call),
            BinaryExpr binary => OfBinary(binary.Operator, Of(binary.Left), Of(binary.Right)),
            ParenExpr paren => Of(paren.Inner),
            NumberLiteral or UnsignedLiteral => FieldType.Float,
            IntegerLiteral => FieldType.Integer,
            StringLiteral => FieldType.String,
            BooleanLiteral => FieldType.Boolean,
            _ => null,
        };

    private static FieldType? OfMath(Call call)
    {
        var arguments = call.Arguments.Select(Of).ToArray();
        if (arguments.Any(type => type is not (FieldType.Float or FieldType.Integer)))
        {
            return null;
        }

        return MathFunctions.KeepsType(call.Name) ? arguments[0] : FieldType.Float;
    }

    /// <summary>Beside a boolean nothing is false; else nothing comes of nothing. Integers divide into a float.</summary>
    private static FieldType? OfBinary(Token op, FieldType? left, FieldType? right)
    {
        var isBitwise = op is Token.BitwiseAnd or Token.BitwiseOr or Token.BitwiseXor;
        return (left, right) switch
        {
            (FieldType.Boolean, FieldType.Boolean or null) or (null, FieldType.Boolean) => isBitwise ? FieldType.Boolean : null,
            (FieldType.Integer, FieldType.Integer) => op == Token.Div ? FieldType.Float : FieldType.Integer,
            (FieldType.Float or FieldType.Integer, FieldType.Float or FieldType.Integer) => isBitwise ? null : FieldType.Float,
            _ => null,
        };
    }
}
