using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

/// <summary>Whether a SELECT may or must say INTO.</summary>
internal enum TargetRule : byte
{
    Optional,
    Required,
}

/// <summary>SELECT and what stands in its first half, and EXPLAIN.</summary>
internal sealed partial class Parser
{
    /// <summary>explain = "EXPLAIN" [ "ANALYZE" ] select</summary>
    public ExplainStatement ParseExplain()
    {
        var analyze = Accept(Token.Analyze);
        Expect(Token.Select);
        return new ExplainStatement(ParseSelect(TargetRule.Optional), analyze);
    }

    /// <summary>select = "SELECT" fields [ into ] "FROM" sources [ where ] [ group by ] [ fill ] [ order by ] [ limits ] [ tz ]; the word SELECT is read.</summary>
    public SelectStatement ParseSelect(TargetRule rule)
    {
        using var level = Enter();
        var fields = ParseFields();
        var target = ParseTarget(rule);
        Expect(Token.From);
        return new SelectStatement
        {
            Fields = fields,
            Target = target,
            Sources = ParseSources(subqueries: true),
            Condition = ParseCondition(),
            Dimensions = ParseDimensions(),
            Fill = ParseFill(),
            Sort = ParseOrderBy(),
            Rows = ParsePage(Token.Limit, Token.Offset),
            Series = ParsePage(Token.Slimit, Token.Soffset),
            TimeZone = ParseTimeZone(),
        };
    }

    /// <summary>fields = field { "," field }</summary>
    private ValueList<Field> ParseFields()
    {
        var fields = new List<Field>();
        do
        {
            fields.Add(ParseField());
        } while (AcceptAtOnce(Token.Comma));

        return [.. fields];
    }

    /// <summary>field = ( regex | expression ) [ "AS" identifier ]; the expression yields no boolean.</summary>
    private Field ParseField()
    {
        var expr = ParseRegex() ?? ParseFieldExpr();
        var alias = Accept(Token.As) ? NullIfEmpty(ParseIdent()) : null;
        SkipSpace();
        return new Field(expr, alias);
    }

    private Expr ParseFieldExpr()
    {
        var position = ScanSkippingSpace().Position;
        Unscan();
        var expr = ParseExpr();
        if (FindBoolean(expr) is { } op)
        {
            var message = $"invalid operator {op.Text()} in SELECT clause {position}; operator is intended for WHERE clause";
            throw new InfluxSyntaxException(message);
        }

        return expr;
    }

    /// <summary>The rightmost of the outermost operators that yield a boolean, or null.</summary>
    private static Token? FindBoolean(Expr expr) =>
        expr switch
        {
            BinaryExpr binary when binary.Operator.IsBoolean() => binary.Operator,
            BinaryExpr binary => FindBoolean(binary.Right) ?? FindBoolean(binary.Left),
            ParenExpr paren => FindBoolean(paren.Inner),
            Call call => call.Arguments.Reverse().Select(FindBoolean).FirstOrDefault(found => found is not null),
            _ => null,
        };

    /// <summary>into = "INTO" ( segments | segments "." ":" "MEASUREMENT" )</summary>
    private Target? ParseTarget(TargetRule rule)
    {
        var next = ScanSkippingSpace();
        if (next.Token != Token.Into)
        {
            if (rule == TargetRule.Required)
            {
                throw Unexpected(next, "INTO");
            }

            Unscan();
            return null;
        }

        var segments = ParseSegments();
        if (segments.Count < 3 && tokens.Source.PeekConsumingEnd() == ':')
        {
            Expect(Token.Colon, Token.Measurement);
            segments.Add("");
        }

        var name = NullIfEmpty(segments[^1]);
        return segments.Count switch
        {
            1 => new Target(null, null, name),
            2 => new Target(null, NullIfEmpty(segments[0]), name),
            _ => new Target(NullIfEmpty(segments[0]), NullIfEmpty(segments[1]), name),
        };
    }

    /// <summary>Whether the very next token, with no space before it, is the one; if so it is consumed.</summary>
    private bool AcceptAtOnce(Token token)
    {
        if (Scan().Token == token)
        {
            return true;
        }

        Unscan();
        return false;
    }
}
