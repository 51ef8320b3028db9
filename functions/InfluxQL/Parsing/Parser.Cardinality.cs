using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

/// <summary>SHOW … CARDINALITY.</summary>
internal sealed partial class Parser
{
    /// <summary>cardinality = [ on ] [ from ] [ with key ] [ where ] [ group by ] [ limit ] [ offset ]; with key for tag values, and only there.</summary>
    public ShowCardinalityStatement ParseCardinality(CardinalityKind kind, bool exact) =>
        new(kind, exact)
        {
            Database = ParseOnDatabase(),
            Sources = ParseOptionalSources(),
            Keys = kind == CardinalityKind.TagValues ? ParseTagKeyFilter() : null,
            Condition = ParseCondition(),
            Dimensions = ParseDimensions(),
            Rows = ParsePage(Token.Limit, Token.Offset),
        };

    /// <summary>"CARDINALITY" cardinality; the word EXACT is read.</summary>
    public ShowCardinalityStatement ParseShowExactCardinality(CardinalityKind kind)
    {
        Expect(Token.Cardinality);
        return ParseCardinality(kind, exact: true);
    }

    /// <summary>[ "EXACT" ] "CARDINALITY" cardinality; the word KEY is read.</summary>
    public ShowCardinalityStatement ParseShowKeyCardinality(CardinalityKind kind)
    {
        if (Accept(Token.Exact))
        {
            return ParseShowExactCardinality(kind);
        }

        var next = ScanSkippingSpace();
        return next.Token == Token.Cardinality ? ParseCardinality(kind, exact: false) : throw Unexpected(next, "EXACT", "CARDINALITY");
    }
}
