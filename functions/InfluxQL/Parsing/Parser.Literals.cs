using System.Globalization;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Parsing;

/// <summary>Literals and their signs.</summary>
internal sealed partial class Parser
{
    private static Literal ParseLiteral(Lexeme lexeme) =>
        lexeme.Token switch
        {
            Token.String => new StringLiteral(lexeme.Literal),
            Token.Number => NumberOf(lexeme),
            Token.Integer => IntegerOf(lexeme),
            Token.True => new BooleanLiteral(true),
            Token.False => new BooleanLiteral(false),
            Token.DurationValue => DurationText.TryParse(lexeme.Literal, out var nanoseconds, out var error)
                ? new DurationLiteral(nanoseconds)
                : throw new InfluxSyntaxException(error),
            Token.Regex => RegexOf(lexeme),
            Token.BoundParam => throw Unbound(lexeme),
            _ => throw Unexpected(lexeme, "identifier", "string", "number", "bool"),
        };

    private static NumberLiteral NumberOf(Lexeme lexeme) =>
        double.TryParse(lexeme.Literal, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new NumberLiteral(number)
            : throw Invalid("unable to parse number", lexeme.Position);

    private static Literal IntegerOf(Lexeme lexeme)
    {
        if (long.TryParse(lexeme.Literal, NumberStyles.AllowLeadingSign, null, out var signed))
        {
            return new IntegerLiteral(signed);
        }

        return ulong.TryParse(lexeme.Literal, NumberStyles.None, null, out var unsigned)
            ? new UnsignedLiteral(unsigned)
            : throw Invalid("unable to parse integer", lexeme.Position);
    }

    /// <summary>A parameter that has a valid value is never seen here: this one has none, or its value is the text of an error.</summary>
    private static InfluxSyntaxException Unbound(Lexeme lexeme)
    {
        var name = lexeme.Literal.StartsWith('$') ? lexeme.Literal[1..] : lexeme.Literal;
        return new(name.Length == 0 ? "empty bound parameter" : $"missing parameter: {name}");
    }

    /// <summary>( "+" | "-" ) operand, where the operand is a number, duration, reference, call or in parentheses.</summary>
    private Expr ParseSigned(Token sign)
    {
        var next = ScanSkippingSpace();
        if (next.Token is not (Token.Number or Token.Integer or Token.DurationValue or Token.LeftParen or Token.Ident))
        {
            throw Unexpected(next, "identifier", "number", "duration", "(");
        }

        Unscan();
        var factor = sign == Token.Sub ? -1 : 1;
        return ParseOperand() switch
        {
            NumberLiteral number => new NumberLiteral(number.Value * factor),
            IntegerLiteral integer => new IntegerLiteral(unchecked(integer.Value * factor)),
            DurationLiteral duration => new DurationLiteral(unchecked(duration.Nanoseconds * factor)),
            UnsignedLiteral { Value: 1UL << 63 } when factor < 0 => new IntegerLiteral(long.MinValue),
            UnsignedLiteral unsigned when factor < 0 => throw new InfluxSyntaxException($"constant -{unsigned.Value} underflows int64"),
            UnsignedLiteral unsigned => unsigned,
            var operand => new BinaryExpr(Token.Mul, new IntegerLiteral(factor), operand),
        };
    }
}
