namespace Serverless.InfluxQL;

/// <summary>What a parser refuses, so that no query costs more stack or memory than it is worth. The real server has no such limits.</summary>
/// <param name="MaxLength">The most characters (UTF-16 units) of a query text.</param>
/// <param name="MaxDepth">The most parentheses, calls and subqueries within one another.</param>
/// <param name="MaxOperators">The most operators of one expression, which bounds the height of its tree: <c>a OR b OR c</c> is as high as it is long.</param>
public sealed record ParserLimits(int MaxLength = 1 << 20, int MaxDepth = 100, int MaxOperators = 3000)
{
    public static readonly ParserLimits Default = new();
}
