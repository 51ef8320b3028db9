namespace Serverless.InfluxQL.Regexes;

internal sealed partial class RegexTranslator
{
    /// <summary>Reads [ … ] or [^ … ]: characters, ranges, escapes, and named classes as [:alpha:]. A "]" first in it stands for itself.</summary>
    private void Class()
    {
        var start = at++;
        var negated = at < pattern.Length && pattern[at] == '^';
        at += negated ? 1 : 0;
        var set = CharSet.Empty;
        var first = true;
        while (at == pattern.Length || pattern[at] != ']' || first)
        {
            if (at == pattern.Length)
            {
                throw new RegexSyntaxException("missing closing ]", pattern[start..]);
            }

            set = set.Union(
                NamedClass() ?? (pattern[at] == '\\' && at + 1 < pattern.Length && TryEscapedSet(out var escaped) ? escaped : Range(start))
            );
            first = false;
        }

        at++;
        group.Add(group.Flags.Fold((negated ? set.Negate() : set).ToClass()), 1);
    }

    /// <summary>[:name:] or [:^name:]; null if it is none.</summary>
    private CharSet? NamedClass()
    {
        if (!pattern.AsSpan(at).StartsWith("[:"))
        {
            return null;
        }

        var end = pattern.IndexOf(":]", at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var text = pattern[at..(end + 2)];
        var negated = text.StartsWith("[:^", StringComparison.Ordinal);
        var set = NamedSets.Posix(text[(negated ? 3 : 2)..^2]) ?? throw new RegexSyntaxException("invalid character class range", text);
        at = end + 2;
        return negated ? set.Negate() : set;
    }

    /// <summary>One character, or two with a hyphen between.</summary>
    private CharSet Range(int classStart)
    {
        var start = at;
        var low = ClassCodePoint(classStart);
        var high = low;
        if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
        {
            at++;
            high = ClassCodePoint(classStart);
        }

        return high >= low ? CharSet.Of(low, high) : throw new RegexSyntaxException("invalid character class range", pattern[start..at]);
    }

    private int ClassCodePoint(int classStart)
    {
        if (at == pattern.Length)
        {
            throw new RegexSyntaxException("missing closing ]", pattern[classStart..]);
        }

        return pattern[at] == '\\' ? EscapedCodePoint() : NextCodePoint();
    }
}
