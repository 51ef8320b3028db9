using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Planning;

/// <summary>The type that the real server assumes of an expression, by which it refuses it, and names its fields' types in outer SELECTs. What really comes out may be of another: see <see cref="OutputTypes"/>.</summary>
/// <param name="sources">Where names without a type come from.</param>
internal sealed class TypeInference(IReadOnlyList<NameSource> sources)
{
    /// <summary>For expressions whose names all have types.</summary>
    public static readonly TypeInference OfTyped = new([]);

    /// <exception cref="TypeException">"type error: a::string + 1: incompatible types: string and integer".</exception>
    public DataType TypeOf(Expr expr) =>
        expr switch
        {
            VarRef name => TypeOf(name),
            Call call => TypeOf(call),
            BinaryExpr binary => TypeOf(binary),
            ParenExpr paren => TypeOf(paren.Inner),
            NumberLiteral => DataType.Float,
            IntegerLiteral => DataType.Integer,
            UnsignedLiteral => DataType.Unsigned,
            StringLiteral => DataType.String,
            BooleanLiteral => DataType.Boolean,
            _ => DataType.Unknown,
        };

    public DataType TypeOrUnknown(Expr expr)
    {
        try
        {
            return TypeOf(expr);
        }
        catch (TypeException)
        {
            return DataType.Unknown;
        }
    }

    private DataType TypeOf(VarRef name)
    {
        if (name.Type is not (DataType.Unknown or DataType.AnyField))
        {
            return name.Type;
        }

        var type = DataType.Unknown;
        foreach (var source in sources)
        {
            var here = source.TypeOf(name.Name);
            type = type.YieldsTo(here) ? here : type;
            type = type == DataType.Unknown && source.GroupsBy(name.Name) ? DataType.Tag : type;
        }

        return type;
    }

    private DataType TypeOf(Call call)
    {
        var arguments = call.Arguments.Select(TypeOf).ToArray();
        return FunctionTypes.ResultOf(call.Name, arguments);
    }

    private DataType TypeOf(BinaryExpr binary)
    {
        var (left, right) = (TypeOf(binary.Left), TypeOf(binary.Right));
        CheckUnsigned(binary, left, right);
        if (left == DataType.Unknown || right == DataType.Unknown)
        {
            return left == DataType.Unknown ? right : left;
        }

        return Combined(binary.Operator, left, right)
            ?? throw Error(binary, $"incompatible types: {DataTypes.NameOf(left)} and {DataTypes.NameOf(right)}");
    }

    /// <summary>The type of an operator's result; null if there is none for operands of these types.</summary>
    private static DataType? Combined(Token op, DataType left, DataType right)
    {
        if (op is >= Token.Eq and <= Token.Gte)
        {
            return DataType.Boolean;
        }

        var isBitwise = op is Token.BitwiseAnd or Token.BitwiseOr or Token.BitwiseXor;
        return (left, right) switch
        {
            (DataType.Boolean, DataType.Boolean) => isBitwise || op is Token.And or Token.Or ? DataType.Boolean : null,
            (DataType.Boolean, _) => isBitwise || op is Token.And or Token.Or ? DataType.Boolean : null,
            (DataType.Integer, DataType.Integer) => DataType.Integer,
            (DataType.Integer or DataType.Unsigned, DataType.Integer or DataType.Unsigned) => DataType.Unsigned,
            _ when IsNumber(left) && IsNumber(right) && !isBitwise => DataType.Float,
            _ => null,
        };
    }

    private static bool IsNumber(DataType type) => type is DataType.Float or DataType.Integer or DataType.Unsigned;

    private static void CheckUnsigned(BinaryExpr binary, DataType left, DataType right)
    {
        var (unsigned, signed) = (left, right) switch
        {
            (DataType.Unsigned, DataType.Integer) => (binary.Left, binary.Right),
            (DataType.Integer, DataType.Unsigned) => (binary.Right, binary.Left),
            _ => (null, null),
        };
        if (unsigned is Literal)
        {
            throw Error(binary, $"cannot use {binary.Operator.Text()} with an integer and unsigned literal");
        }

        if (signed is not (null or Literal))
        {
            throw Error(binary, $"cannot use {binary.Operator.Text()} between an integer and unsigned, an explicit cast is required");
        }
    }

    private static TypeException Error(BinaryExpr binary, string message) => new($"type error: {binary}: {message}");
}
