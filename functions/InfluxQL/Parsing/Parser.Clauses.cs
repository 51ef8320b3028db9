using System.Globalization;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Parsing;

/// <summary>The clauses after the sources.</summary>
internal sealed partial class Parser
{
    /// <summary>where = "WHERE" expression</summary>
    private Expr? ParseCondition() => Accept(Token.Where) ? ParseExpr() : null;

    /// <summary>group by = "GROUP" "BY" dimension { "," dimension }</summary>
    private ValueList<Dimension> ParseDimensions()
    {
        if (!Accept(Token.Group))
        {
            return [];
        }

        Expect(Token.By);
        var dimensions = new List<Dimension>();
        do
        {
            dimensions.Add(ParseDimension());
        } while (AcceptAtOnce(Token.Comma));

        return [.. dimensions];
    }

    /// <summary>dimension = regex | expression</summary>
    private Dimension ParseDimension()
    {
        if (ParseRegex() is { } regex)
        {
            return new Dimension(regex);
        }

        var expr = ParseExpr();
        SkipSpace();
        return new Dimension(expr);
    }

    /// <summary>fill = "fill" "(" ( "null" | "none" | "previous" | "linear" | number ) ")"</summary>
    private Fill ParseFill()
    {
        if (!NextIsWord("fill"))
        {
            return Fill.Default;
        }

        if (ParseExpr() is not Call call)
        {
            throw new InfluxSyntaxException("fill must be a function call");
        }

        if (call.Arguments is not [var argument])
        {
            throw new InfluxSyntaxException("fill requires an argument, e.g.: 0, null, none, previous, linear");
        }

        return argument switch
        {
            VarRef { Name: "null", Type: DataType.Unknown } => Fill.Default,
            VarRef { Name: "none", Type: DataType.Unknown } => new Fill(FillOption.None),
            VarRef { Name: "previous", Type: DataType.Unknown } => new Fill(FillOption.Previous),
            VarRef { Name: "linear", Type: DataType.Unknown } => new Fill(FillOption.Linear),
            IntegerLiteral => new Fill(FillOption.Number, (Literal)argument),
            NumberLiteral { Value: var value } when value == Math.Truncate(value) && Math.Abs(value) < 1e15 => new Fill(
                FillOption.Number,
                new IntegerLiteral((long)value)
            ),
            NumberLiteral => new Fill(FillOption.Number, (Literal)argument),
            _ => throw new InfluxSyntaxException("expected number argument in fill()"),
        };
    }

    /// <summary>tz = "tz" "(" string ")"</summary>
    private string? ParseTimeZone()
    {
        if (!NextIsWord("tz"))
        {
            return null;
        }

        if (ParseExpr() is not Call call)
        {
            throw new InfluxSyntaxException("tz must be a function call");
        }

        if (call.Arguments is not [var argument])
        {
            throw new InfluxSyntaxException("tz requires exactly one argument");
        }

        if (argument is not StringLiteral { Value: var name })
        {
            throw new InfluxSyntaxException("expected string argument in tz()");
        }

        if (TimeZones.Find(name) is null)
        {
            throw new InfluxSyntaxException($"unable to find time zone {name}");
        }

        return name.Length == 0 ? "UTC" : name;
    }

    private bool NextIsWord(string word)
    {
        var next = ScanSkippingSpace();
        Unscan();
        return next.Token == Token.Ident && next.Literal.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>[ limit integer ] [ offset integer ]</summary>
    private Page ParsePage(Token limit, Token offset) => new(ParseOptionalInteger(limit), ParseOptionalInteger(offset));

    /// <summary>An integer after its word; too large ones are the largest, none is 0.</summary>
    private long ParseOptionalInteger(Token word)
    {
        if (!Accept(word))
        {
            return 0;
        }

        var next = ScanSkippingSpace();
        if (next.Token != Token.Integer)
        {
            throw Unexpected(next, "integer");
        }

        if (next.Literal.StartsWith('-'))
        {
            throw Invalid($"{word.Text()} must be >= 0", next.Position);
        }

        return long.TryParse(next.Literal, NumberStyles.None, null, out var number) ? number : long.MaxValue;
    }

    /// <summary>order by = "ORDER" "BY" ( "time" [ "ASC" | "DESC" ] | "ASC" | "DESC" )</summary>
    private ValueList<SortField> ParseOrderBy()
    {
        if (!Accept(Token.Order))
        {
            return [];
        }

        Expect(Token.By);
        var first = ScanSkippingSpace();
        var field = first.Token switch
        {
            Token.Asc or Token.Desc => new SortField(null, first.Token == Token.Asc),
            Token.Ident => ParseNamedSortField(),
            _ => throw Unexpected(first, "identifier", "ASC", "DESC"),
        };
        var more = Accept(Token.Comma);
        if (more)
        {
            do
            {
                _ = ParseSortField();
            } while (Accept(Token.Comma));
        }

        return more ? throw OnlyTime() : [field];
    }

    private SortField ParseNamedSortField()
    {
        Unscan();
        var field = ParseSortField();
        return field.Name == "time" ? field : throw OnlyTime();
    }

    private SortField ParseSortField()
    {
        var name = ParseIdent();
        var direction = ScanSkippingSpace().Token;
        if (direction is not (Token.Asc or Token.Desc))
        {
            Unscan();
        }

        return new SortField(name, direction != Token.Desc);
    }

    private static InfluxSyntaxException OnlyTime() => new("only ORDER BY time supported at this time");
}
