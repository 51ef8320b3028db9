namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>A subscription's typeFilter: one type, or several as 'a' or 'b'; each may be written as type eq 'a'. A quote in a type is doubled.</summary>
internal static class TypeFilter
{
    /// <summary>The types that it names.</summary>
    /// <returns>Null where it cannot be understood; <paramref name="error"/> says what is wrong and where.</returns>
    public static IReadOnlyList<string>? Parse(string text, out string error)
    {
        error = "";
        if (text.Length > 0 && !text.Contains('\'') && !text.Trim().Contains(' '))
        {
            return [text.Trim()];
        }

        var types = new List<string>();
        var at = 0;
        while (true)
        {
            SkipWord(text, ref at, "type");
            SkipWord(text, ref at, "eq");
            if (ReadLiteral(text, ref at) is not { } type)
            {
                error = $"A type in single quotes was expected at position {at + 1} of typeFilter.";
                return null;
            }

            types.Add(type);
            SkipBlanks(text, ref at);
            if (at == text.Length)
            {
                return types;
            }

            if (!SkipWord(text, ref at, "or"))
            {
                error = $"or was expected at position {at + 1} of typeFilter.";
                return null;
            }
        }
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    private static bool SkipWord(string text, ref int at, string word)
    {
        SkipBlanks(text, ref at);
        var end = at + word.Length;
        if (
            string.Compare(text, at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0
            || (end < text.Length && char.IsLetterOrDigit(text[end]))
        )
        {
            return false;
        }

        at = end;
        SkipBlanks(text, ref at);
        return true;
    }

    private static string? ReadLiteral(string text, ref int at)
    {
        SkipBlanks(text, ref at);
        if (at >= text.Length || text[at] != '\'')
        {
            return null;
        }

        var literal = new System.Text.StringBuilder();
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] != '\'')
            {
                literal.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '\'')
            {
                literal.Append(text[i++]);
            }
            else
            {
                at = i + 1;
                return literal.ToString();
            }
        }

        return null;
    }
}
