using System.Globalization;

namespace Serverless.InfluxQL.Regexes;

internal sealed partial class RegexTranslator
{
    /// <summary>Reads a backslash and what belongs to it, outside of a class.</summary>
    private void Escape()
    {
        if (at + 1 == pattern.Length)
        {
            throw new RegexSyntaxException("trailing backslash at end of expression", "");
        }

        switch (pattern[at + 1])
        {
            case 'A':
                AddEscape("\\A");
                break;
            case 'z':
                AddEscape("\\z");
                break;
            case 'b':
                AddEscape("\\b");
                break;
            case 'B':
                AddEscape("\\B");
                break;
            case 'Q':
                Quoted();
                break;
            default:
                if (TryEscapedSet(out var set))
                {
                    group.Add(group.Flags.Fold(set.ToClass()), 1);
                    break;
                }

                Literal(EscapedCodePoint());
                break;
        }
    }

    private void AddEscape(string atom)
    {
        group.Add(atom, 1);
        at += 2;
    }

    /// <summary>\Q … \E, or to the end: what is between stands for itself.</summary>
    private void Quoted()
    {
        var end = pattern.IndexOf("\\E", at + 2, StringComparison.Ordinal);
        var stop = end < 0 ? pattern.Length : end;
        for (at += 2; at < stop; )
        {
            Literal(NextCodePoint());
        }

        at = end < 0 ? stop : stop + 2;
    }

    /// <summary>\d \s \w and their negations, \p{…} and \P{…}.</summary>
    private bool TryEscapedSet(out CharSet set)
    {
        var letter = pattern[at + 1];
        set = CharSet.Empty;
        if (letter is 'p' or 'P')
        {
            set = UnicodeSet(negated: letter == 'P');
            return true;
        }

        if (NamedSets.Perl(char.ToLowerInvariant(letter)) is not { } perl)
        {
            return false;
        }

        set = char.IsAsciiLetterUpper(letter) ? perl.Negate() : perl;
        at += 2;
        return true;
    }

    /// <summary>\pN, \p{Greek}, \p{^L}.</summary>
    private CharSet UnicodeSet(bool negated)
    {
        var start = at;
        at += 2;
        if (at == pattern.Length)
        {
            throw new RegexSyntaxException("invalid character class range", pattern[start..]);
        }

        string name;
        if (pattern[at] == '{')
        {
            var end = pattern.IndexOf('}', at);
            if (end < 0)
            {
                throw new RegexSyntaxException("invalid character class range", pattern[start..]);
            }

            name = pattern[(at + 1)..end];
            at = end + 1;
        }
        else
        {
            name = pattern[at].ToString();
            at++;
        }

        if (name.StartsWith('^'))
        {
            (name, negated) = (name[1..], !negated);
        }

        var set = NamedSets.Unicode(name) ?? throw new RegexSyntaxException("invalid character class range", pattern[start..at]);
        return negated ? set.Negate() : set;
    }

    /// <summary>An escape that stands for one character: \n, \x7F, \x{10FFFF}, \123, \. and other punctuation.</summary>
    private int EscapedCodePoint()
    {
        var start = at;
        at++;
        if (at == pattern.Length)
        {
            throw new RegexSyntaxException("trailing backslash at end of expression", "");
        }

        var point = NextCodePoint();
        switch (point)
        {
            case >= '0' and <= '7' when point == '0' || (at < pattern.Length && pattern[at] is >= '0' and <= '7'):
                return Octal(point - '0');
            case 'x':
                return Hexadecimal(start);
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            default:
                return point < 128 && !char.IsAsciiLetterOrDigit((char)point)
                    ? point
                    : throw new RegexSyntaxException("invalid escape sequence", pattern[start..at]);
        }
    }

    private int Octal(int value)
    {
        for (var i = 1; i < 3 && at < pattern.Length && pattern[at] is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + pattern[at++] - '0';
        }

        return value;
    }

    private int Hexadecimal(int start)
    {
        var braced = at < pattern.Length && pattern[at] == '{';
        var from = braced ? at + 1 : at;
        var to = braced ? pattern.IndexOf('}', at) : Math.Min(at + 2, pattern.Length);
        var digits = to >= from ? pattern.AsSpan(from, to - from) : [];
        if (
            (!braced && digits.Length != 2)
            || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point)
            || point is < 0 or > 0x10FFFF
        )
        {
            var wrong = from + digits.IndexOfAnyExcept("0123456789abcdefABCDEF".AsSpan());
            at = Math.Min(wrong < from ? Math.Max(to, from) : wrong + 1, pattern.Length);
            throw new RegexSyntaxException("invalid escape sequence", pattern[start..at]);
        }

        at = braced ? to + 1 : to;
        return point;
    }
}
