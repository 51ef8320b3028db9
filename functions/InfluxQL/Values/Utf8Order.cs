namespace Serverless.InfluxQL.Values;

/// <summary>The order of strings by their bytes in UTF-8, which is that of their code points and the real server's.</summary>
internal static class Utf8Order
{
    /// <returns>Less than, equal to or greater than 0.</returns>
    public static int Compare(string left, string right)
    {
        var at = left.AsSpan().CommonPrefixLength(right);
        return at == left.Length || at == right.Length ? left.Length - right.Length : Rank(left[at]) - Rank(right[at]);
    }

    /// <summary>Surrogates stand for what is above U+FFFF, so they come after U+E000 to U+FFFF.</summary>
    private static int Rank(char unit) =>
        char.IsSurrogate(unit) ? unit + 0x2000
        : unit >= 0xE000 ? unit - 0x800
        : unit;
}
