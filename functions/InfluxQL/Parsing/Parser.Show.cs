using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

/// <summary>SHOW, but for cardinalities; the words that name what is shown are read.</summary>
internal sealed partial class Parser
{
    /// <summary>show measurements = [ on ] [ "WITH" "MEASUREMENT" ( "=" | "=~" ) source ] [ where ] [ order by ] [ limit ] [ offset ]</summary>
    public ShowMeasurementsStatement ParseShowMeasurements() =>
        new(ParseOnDatabase(), ParseWithMeasurement(), ParseCondition(), ParseOrderBy(), ParsePage(Token.Limit, Token.Offset));

    private Measurement? ParseWithMeasurement()
    {
        if (!Accept(Token.With))
        {
            return null;
        }

        Expect(Token.Measurement);
        var next = ScanSkippingSpace();
        return next.Token is Token.Eq or Token.EqRegex ? (Measurement)ParseSource(subqueries: false) : throw Unexpected(next, "=", "=~");
    }

    /// <summary>show series = [ [ "EXACT" ] "CARDINALITY" … | [ on ] [ from ] [ where ] [ order by ] [ limit ] [ offset ] ]</summary>
    public Statement ParseShowSeries()
    {
        var exact = Accept(Token.Exact);
        if (Accept(Token.Cardinality))
        {
            return ParseCardinality(CardinalityKind.Series, exact);
        }

        return new ShowSeriesStatement(
            ParseOnDatabase(),
            ParseOptionalSources(),
            ParseCondition(),
            ParseOrderBy(),
            ParsePage(Token.Limit, Token.Offset)
        );
    }

    /// <summary>show tag keys = [ on ] [ from ] [ where ] [ order by ] [ limit ] [ offset ] [ slimit ] [ soffset ]</summary>
    public ShowTagKeysStatement ParseShowTagKeys() =>
        new(
            ParseOnDatabase(),
            ParseOptionalSources(),
            ParseCondition(),
            ParseOrderBy(),
            ParsePage(Token.Limit, Token.Offset),
            ParsePage(Token.Slimit, Token.Soffset)
        );

    /// <summary>show tag values = [ "EXACT" ] "CARDINALITY" … | [ on ] [ from ] with key [ where ] [ order by ] [ limit ] [ offset ]</summary>
    public Statement ParseShowTagValues()
    {
        if (Accept(Token.Exact))
        {
            return ParseShowExactCardinality(CardinalityKind.TagValues);
        }

        if (Accept(Token.Cardinality))
        {
            return ParseCardinality(CardinalityKind.TagValues, exact: false);
        }

        return new ShowTagValuesStatement(
            ParseOnDatabase(),
            ParseOptionalSources(),
            ParseTagKeyFilter(),
            ParseCondition(),
            ParseOrderBy(),
            ParsePage(Token.Limit, Token.Offset)
        );
    }

    /// <summary>with key = "WITH" "KEY" ( "IN" "(" identifiers ")" | ( "=" | "!=" ) identifier | ( "=~" | "!~" ) regex )</summary>
    private TagKeyFilter ParseTagKeyFilter()
    {
        Expect(Token.With, Token.Key);
        var next = ScanSkippingSpace();
        switch (next.Token)
        {
            case Token.In:
                Expect(Token.LeftParen);
                var names = ParseIdents();
                Expect(Token.RightParen);
                return new TagKeyFilter(Token.In, new ListLiteral(names));
            case Token.Eq or Token.Neq:
                return new TagKeyFilter(next.Token, new StringLiteral(ParseIdent()));
            case Token.EqRegex or Token.NeqRegex:
                return new TagKeyFilter(next.Token, ExpectRegex());
            default:
                throw Unexpected(next, "IN", "=", "=~");
        }
    }

    /// <summary>show field keys = [ on ] [ from ] [ order by ] [ limit ] [ offset ]</summary>
    public ShowFieldKeysStatement ParseShowFieldKeys() =>
        new(ParseOnDatabase(), ParseOptionalSources(), ParseOrderBy(), ParsePage(Token.Limit, Token.Offset));

    /// <summary>show retention policies = [ on ]</summary>
    public ShowRetentionPoliciesStatement ParseShowRetentionPolicies() => new(ParseOnDatabase());

    /// <summary>show grants = identifier</summary>
    public ShowGrantsStatement ParseShowGrants() => new(ParseIdent());

    /// <summary>show stats = [ "FOR" string ]</summary>
    public ShowStatsStatement ParseShowStats() => new(ParseModule());

    /// <summary>show diagnostics = [ "FOR" string ]</summary>
    public ShowDiagnosticsStatement ParseShowDiagnostics() => new(ParseModule());

    private string? ParseModule() => Accept(Token.For) ? NullIfEmpty(ParseString()) : null;
}
