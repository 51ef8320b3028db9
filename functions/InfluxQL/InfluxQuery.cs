using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Parsing;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL;

/// <summary>Reads InfluxQL 1.x. Calls share nothing; any thread may call at any time.</summary>
public static class InfluxQuery
{
    /// <summary>Parses statements separated by semicolons.</summary>
    /// <param name="text">The query; empty statements are skipped, so there may be none.</param>
    /// <param name="parameters">What bound parameters ($name) stand for, or null for none.</param>
    /// <param name="limits">What is refused as too large, or null for <see cref="ParserLimits.Default"/>.</param>
    /// <exception cref="InfluxSyntaxException">The text is not InfluxQL; nothing of it is to be executed.</exception>
    public static ValueList<Statement> Parse(string text, QueryParameters? parameters = null, ParserLimits? limits = null) =>
        new Parser(text, parameters, limits).ParseQuery();

    /// <summary>Parses one expression, such as a condition; what follows it is not read.</summary>
    /// <exception cref="InfluxSyntaxException">The text does not begin with an expression.</exception>
    public static Expr ParseExpression(string text, QueryParameters? parameters = null, ParserLimits? limits = null) =>
        new Parser(text, parameters, limits).ParseExpr();
}
