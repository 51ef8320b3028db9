using System.Text;

namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

/// <summary>Cuts a query into tokens.</summary>
internal sealed class QueryScanner(string query)
{
    private int at;

    /// <summary>The next token; behind the last one <see cref="TokenKind.End"/>, again and again.</summary>
    /// <exception cref="QuerySyntaxException">A text has no end.</exception>
    public QueryToken Next()
    {
        // A client that encodes the + of "…)+$orderby=" as %2B still means a blank by it.
        while (at < query.Length && (char.IsWhiteSpace(query[at]) || query[at] == '+'))
        {
            at++;
        }

        if (at == query.Length)
        {
            return new QueryToken(TokenKind.End, "", at + 1);
        }

        return query[at] switch
        {
            '(' => Mark(TokenKind.Open),
            ')' => Mark(TokenKind.Close),
            ',' => Mark(TokenKind.Comma),
            '=' => Mark(TokenKind.Equals),
            '\'' => Text(),
            _ => Word(),
        };
    }

    private QueryToken Mark(TokenKind kind) => new(kind, query[at].ToString(), ++at);

    private QueryToken Word()
    {
        var start = at;
        while (at < query.Length && !char.IsWhiteSpace(query[at]) && query[at] is not ('(' or ')' or ',' or '=' or '\''))
        {
            at++;
        }

        return new QueryToken(TokenKind.Word, query[start..at], start + 1);
    }

    /// <summary>A text ends with an apostrophe that is not doubled; a backslash takes the next character for itself, whatever it is.</summary>
    private QueryToken Text()
    {
        var start = at++;
        var (text, hasWildcard) = (new StringBuilder(), false);
        while (at < query.Length)
        {
            var next = query[at++];
            if (next == '\'' && !(at < query.Length && query[at] == '\''))
            {
                return new QueryToken(TokenKind.Text, text.ToString(), start + 1, hasWildcard);
            }

            if (next == '\'' || (next == '\\' && at < query.Length))
            {
                text.Append(query[at++]);
                continue;
            }

            hasWildcard |= next == '*';
            text.Append(next);
        }

        throw new QuerySyntaxException(start + 1, "The text that begins here has no closing apostrophe.");
    }
}
