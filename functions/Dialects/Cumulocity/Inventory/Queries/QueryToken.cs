namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

internal enum TokenKind
{
    /// <summary>A name, path, number or operator: what stands between blanks and marks.</summary>
    Word,

    /// <summary>What stands between apostrophes.</summary>
    Text,

    Open,
    Close,
    Comma,

    /// <summary>The = of $filter= and $orderby=.</summary>
    Equals,

    /// <summary>Behind the last character.</summary>
    End,
}

/// <summary>A token of a query.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The word, or the text without its apostrophes and escapes.</param>
/// <param name="Position">Where it begins: 1 is the query's first character.</param>
/// <param name="HasWildcard">Whether a text holds a star that is not escaped.</param>
internal readonly record struct QueryToken(TokenKind Kind, string Value, int Position, bool HasWildcard = false)
{
    /// <summary>The token as error messages call it.</summary>
    public string Description =>
        Kind switch
        {
            TokenKind.End => "the end",
            TokenKind.Text => $"the text '{Value}'",
            TokenKind.Open => "'('",
            TokenKind.Close => "')'",
            TokenKind.Comma => "','",
            TokenKind.Equals => "'='",
            _ => $"'{Value}'",
        };

    public bool IsWord(string word) => Kind == TokenKind.Word && Value.Equals(word, StringComparison.OrdinalIgnoreCase);
}
