using System.Text;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Printing;

/// <summary>Names and strings as a query writes them.</summary>
public static class Quote
{
    /// <summary>The name, in double quotes where it is empty, a keyword, or more than letters, digits and underscores.</summary>
    public static string Ident(string name) => NeedsQuotes(name) ? Quoted(name, '"') : name;

    /// <summary>The string in single quotes.</summary>
    public static string String(string text) => Quoted(text, '\'');

    /// <summary>Names with full stops between them, all but the last in quotes.</summary>
    internal static string Segments(IReadOnlyList<string> names)
    {
        var text = new StringBuilder();
        for (var i = 0; i < names.Count; i++)
        {
            var isLast = i == names.Count - 1;
            var quoted = names[i].Length == 0 ? i == 0 || isLast : !isLast || NeedsQuotes(names[i]);
            text.Append(quoted ? Quoted(names[i], '"') : names[i]).Append(isLast ? "" : ".");
        }

        return text.ToString();
    }

    private static bool NeedsQuotes(string name)
    {
        if (name.Length == 0 || Scanner.IsDigit(name[0]) || Tokens.Lookup(name) != Token.Ident)
        {
            return true;
        }

        foreach (var c in name)
        {
            if (!Scanner.IsIdent(c))
            {
                return true;
            }
        }

        return false;
    }

    private static string Quoted(string text, char quote)
    {
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        foreach (var c in text)
        {
            if (c == '\n')
            {
                quoted.Append("\\n");
                continue;
            }

            if (c == quote || c == '\\')
            {
                quoted.Append('\\');
            }

            quoted.Append(c);
        }

        return quoted.Append(quote).ToString();
    }
}
