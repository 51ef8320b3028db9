namespace Serverless.Domain.Documents;

/// <summary>Patterns with * for any run of characters.</summary>
public static class WildcardPattern
{
    /// <summary>Whether a pattern matches a text whole, to the letter.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text) => Matches(pattern, text, '*');

    /// <summary>As with characters: in UTF-8 no character's bytes occur within another's.</summary>
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text) => Matches(pattern, text, (byte)'*');

    // Time is at most the product of the lengths: a hostile pattern runs no longer.
    private static bool Matches<T>(ReadOnlySpan<T> pattern, ReadOnlySpan<T> text, T any)
        where T : IEquatable<T>
    {
        int p = 0,
            t = 0,
            star = -1,
            mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p].Equals(any))
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && pattern[p].Equals(text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                // Only the last star needs to give: what stood before it has matched as early as it can.
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart(any).IsEmpty;
    }
}
