using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Regexes;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

/// <summary>Expressions: operators, references, calls, regular expressions. Literals are in the next file.</summary>
internal sealed partial class Parser
{
    private int operators;
    private int expressionDepth;

    /// <summary>expression = operand { operator operand }, after the operators' precedence; after =~ and !~ a regular expression.</summary>
    public Expr ParseExpr()
    {
        using var level = Enter();
        operators = expressionDepth++ == 0 ? 0 : operators;
        var chain = new OperatorChain(ParseOperand());
        while (true)
        {
            var next = ScanSkippingSpace();
            if (!next.Token.IsOperator())
            {
                Unscan();
                expressionDepth--;
                return chain.ToExpr();
            }

            if (++operators > limits.MaxOperators)
            {
                throw Invalid($"expression too long: at most {limits.MaxOperators} operators", next.Position);
            }

            chain.Add(next.Token, next.Token.IsRegexOperator() ? ExpectRegex() : ParseOperand());
        }
    }

    /// <summary>operand = "(" expression ")" | call | reference | distinct | literal | wildcard | sign operand</summary>
    private Expr ParseOperand()
    {
        var next = ScanSkippingSpace();
        switch (next.Token)
        {
            case Token.LeftParen:
                var inner = ParseExpr();
                Expect(Token.RightParen);
                return new ParenExpr(inner);
            case Token.Ident:
                if (Scan().Token == Token.LeftParen)
                {
                    return ParseCall(next.Literal);
                }

                Unscan();
                Unscan();
                return ParseVarRef();
            case Token.Distinct:
                return ParseDistinct();
            case Token.Mul:
                return ParseWildcard();
            case Token.Add or Token.Sub:
                return ParseSigned(next.Token);
            default:
                return ParseLiteral(next);
        }
    }

    /// <summary>distinct = "DISTINCT" ( "(" arguments ")" | identifier )</summary>
    private Expr ParseDistinct()
    {
        var next = Scan();
        if (next.Token == Token.LeftParen)
        {
            return ParseCall("distinct");
        }

        return next.Token == Token.Whitespace ? new DistinctExpr(ParseIdent()) : throw Unexpected(next, "(", "identifier");
    }

    /// <summary>wildcard = "*" [ "::" ( "field" | "tag" ) ]</summary>
    private Wildcard ParseWildcard()
    {
        if (!AcceptAtOnce(Token.DoubleColon))
        {
            return new Wildcard();
        }

        var kind = Scan();
        return kind.Token switch
        {
            Token.Field => new Wildcard(WildcardKind.Fields),
            Token.Tag => new Wildcard(WildcardKind.Tags),
            _ => throw Unexpected(kind, "field", "tag"),
        };
    }

    /// <summary>reference = segments [ "::" type ]</summary>
    private VarRef ParseVarRef()
    {
        var name = string.Join('.', ParseSegments());
        return new VarRef(name, AcceptAtOnce(Token.DoubleColon) ? ParseType() : DataType.Unknown);
    }

    /// <summary>type = "float" | "integer" | "unsigned" | "string" | "boolean" | "field" | "tag"</summary>
    private DataType ParseType()
    {
        var next = Scan();
        return next.Token switch
        {
            Token.Field => DataType.AnyField,
            Token.Tag => DataType.Tag,
            Token.Ident => next.Literal.ToLowerInvariant() switch
            {
                "float" => DataType.Float,
                "integer" => DataType.Integer,
                "unsigned" => DataType.Unsigned,
                "string" => DataType.String,
                "boolean" => DataType.Boolean,
                _ => throw Unexpected(next, "float", "integer", "unsigned", "string", "boolean", "field", "tag"),
            },
            _ => throw Unexpected(next, "float", "integer", "string", "boolean", "field", "tag"),
        };
    }

    /// <summary>call = name "(" [ argument { "," argument } ] ")", argument = regex | expression; name and parenthesis are read.</summary>
    private Call ParseCall(string name)
    {
        using var level = Enter();
        name = name.ToLowerInvariant();
        var arguments = new List<Expr>();
        if (ParseRegex() is { } first)
        {
            arguments.Add(first);
        }
        else if (AcceptAtOnce(Token.RightParen))
        {
            return new Call(name, []);
        }
        else
        {
            arguments.Add(ParseArgument());
        }

        while (Accept(Token.Comma))
        {
            arguments.Add(ParseRegex() ?? ParseArgument());
        }

        var end = Scan();
        return end.Token == Token.RightParen ? new Call(name, [.. arguments]) : throw Unexpected(end, ")");
    }

    private Expr ParseArgument() => ParseExpr();

    private RegexLiteral ExpectRegex() => ParseRegex() ?? throw Unexpected(ScanSkippingSpace(), "regex");

    /// <summary>regex = "/" … "/", or a bound parameter that is one; null if neither comes next.</summary>
    private RegexLiteral? ParseRegex()
    {
        if (Scanner.IsWhitespace(tokens.Source.PeekConsumingEnd()))
        {
            SkipSpace();
        }

        var point = tokens.Source.PeekConsumingEnd();
        if (point == '$')
        {
            var parameter = Scan();
            Unscan();
            if (parameter.Token != Token.Regex)
            {
                return null;
            }
        }
        else if (point != '/')
        {
            return null;
        }

        var next = ScanRegex();
        return next.Token switch
        {
            Token.Regex => RegexOf(next),
            Token.BadRegex => throw Invalid("bad regex: ", next.Position),
            _ => throw Unexpected(next, "regex"),
        };
    }

    private static RegexLiteral RegexOf(Lexeme lexeme) =>
        RegexSyntax.FindError(lexeme.Literal) is { } error ? throw Invalid(error, lexeme.Position) : new RegexLiteral(lexeme.Literal);
}
