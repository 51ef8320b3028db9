using System.Collections.Frozen;

namespace Serverless.InfluxQL.Syntax;

/// <summary>What a token is written as, which words are keywords, and how strongly an operator binds.</summary>
public static class Tokens
{
    private static readonly string[] Texts = [.. Enum.GetValues<Token>().Select(TextOf)];

    private static readonly FrozenDictionary<string, Token> Keywords = Enum.GetValues<Token>()
        .Where(token => token is >= Token.All or Token.And or Token.Or or Token.True or Token.False)
        .ToFrozenDictionary(token => token.Text(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The token as error texts and printed statements show it; empty for those that always come with their own text.</summary>
    public static string Text(this Token token) => Texts[(int)token];

    public static bool IsOperator(this Token token) => token is >= Token.Add and <= Token.Gte;

    public static bool IsRegexOperator(this Token token) => token is Token.EqRegex or Token.NeqRegex;

    /// <summary>Comparisons and AND, OR: what yields a boolean, and so belongs into WHERE.</summary>
    public static bool IsBoolean(this Token token) => token is >= Token.And and <= Token.Gte;

    /// <summary>How strongly a binary operator binds, 1 to 5; 0 for what is no operator.</summary>
    public static int Precedence(this Token token) =>
        token switch
        {
            Token.Or => 1,
            Token.And => 2,
            >= Token.Eq and <= Token.Gte => 3,
            Token.Add or Token.Sub or Token.BitwiseOr or Token.BitwiseXor => 4,
            Token.Mul or Token.Div or Token.Mod or Token.BitwiseAnd => 5,
            _ => 0,
        };

    /// <summary>The keyword that the word is, in any case; else <see cref="Token.Ident"/>.</summary>
    public static Token Lookup(string word) => Keywords.GetValueOrDefault(word, Token.Ident);

    private static string TextOf(Token token) =>
        token switch
        {
            Token.Whitespace => "WS",
            Token.Comment or Token.BoundParam or Token.Integer or Token.BadRegex => "",
            Token.DurationValue => "DURATIONVAL",
            Token.Add => "+",
            Token.Sub => "-",
            Token.Mul => "*",
            Token.Div => "/",
            Token.Mod => "%",
            Token.BitwiseAnd => "&",
            Token.BitwiseOr => "|",
            Token.BitwiseXor => "^",
            Token.Eq => "=",
            Token.Neq => "!=",
            Token.EqRegex => "=~",
            Token.NeqRegex => "!~",
            Token.Lt => "<",
            Token.Lte => "<=",
            Token.Gt => ">",
            Token.Gte => ">=",
            Token.LeftParen => "(",
            Token.RightParen => ")",
            Token.Comma => ",",
            Token.Colon => ":",
            Token.DoubleColon => "::",
            Token.Semicolon => ";",
            Token.Dot => ".",
            _ => token.ToString().ToUpperInvariant(),
        };
}
