using System.Globalization;

namespace Serverless.InfluxQL.Regexes;

/// <summary>The sets of characters that patterns name.</summary>
internal static class NamedSets
{
    private static readonly (int, int)[] Word = [('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')];

    /// <summary>\d, \s, \w, which in Go are ASCII; null for another letter.</summary>
    public static CharSet? Perl(char letter) =>
        letter switch
        {
            'd' => CharSet.Of('0', '9'),
            's' => CharSet.Of(('\t', '\n'), ('\f', '\r'), (' ', ' ')),
            'w' => CharSet.Of(Word),
            _ => null,
        };

    /// <summary>The classes of POSIX, which are ASCII; null if there is none of the name.</summary>
    public static CharSet? Posix(string name) =>
        name switch
        {
            "alnum" => CharSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z')),
            "alpha" => CharSet.Of(('A', 'Z'), ('a', 'z')),
            "ascii" => CharSet.Of(0, 0x7F),
            "blank" => CharSet.Of(('\t', '\t'), (' ', ' ')),
            "cntrl" => CharSet.Of((0, 0x1F), (0x7F, 0x7F)),
            "digit" => CharSet.Of('0', '9'),
            "graph" => CharSet.Of('!', '~'),
            "lower" => CharSet.Of('a', 'z'),
            "print" => CharSet.Of(' ', '~'),
            "punct" => CharSet.Of(('!', '/'), (':', '@'), ('[', '`'), ('{', '~')),
            "space" => CharSet.Of(('\t', '\r'), (' ', ' ')),
            "upper" => CharSet.Of('A', 'Z'),
            "word" => CharSet.Of(Word),
            "xdigit" => CharSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
            _ => null,
        };

    /// <summary>A Unicode category (L, Lu, …), "Any", or one of the scripts below by its blocks; null for another name.</summary>
    public static CharSet? Unicode(string name) =>
        name switch
        {
            "Any" => CharSet.Empty.Negate(),
            "Latin" => CharSet
                .Of(('A', 'Z'), ('a', 'z'), (0xAA, 0xAA), (0xBA, 0xBA), (0xC0, 0x24F), (0x250, 0x2B8), (0x1E00, 0x1EFF), (0xFF21, 0xFF5A))
                .Except(0xD7, 0xF7),
            "Greek" => CharSet.Of((0x370, 0x3FF), (0x1F00, 0x1FFF)),
            "Cyrillic" => CharSet.Of((0x400, 0x52F), (0x1C80, 0x1C88), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)),
            "Armenian" => CharSet.Of(0x531, 0x58F),
            "Hebrew" => CharSet.Of((0x591, 0x5F4), (0xFB1D, 0xFB4F)),
            "Arabic" => CharSet.Of((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
            "Devanagari" => CharSet.Of((0x900, 0x97F), (0xA8E0, 0xA8FF)),
            "Thai" => CharSet.Of((0xE01, 0xE3A), (0xE40, 0xE5B)),
            "Georgian" => CharSet.Of((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2D)),
            "Hangul" => CharSet.Of((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97C), (0xAC00, 0xD7FB)),
            "Hiragana" => CharSet.Of((0x3041, 0x3096), (0x309D, 0x309F)),
            "Katakana" => CharSet.Of((0x30A1, 0x30FA), (0x30FD, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9D)),
            "Han" => CharSet.Of((0x2E80, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3400, 0x9FFF), (0xF900, 0xFAD9)),
            _ => Category(name),
        };

    private static CharSet Except(this CharSet set, params ReadOnlySpan<int> units)
    {
        var rest = set.Negate();
        foreach (var unit in units)
        {
            rest = rest.Union(CharSet.Of(unit, unit));
        }

        return rest.Negate();
    }

    private static CharSet? Category(string name)
    {
        var set = CharSet.Where(c => CodeOf(char.GetUnicodeCategory(c)).StartsWith(name, StringComparison.Ordinal));
        return name.Length is 1 or 2 && "LMNPSZC".Contains(name[0]) && Enum.GetValues<UnicodeCategory>().Any(IsIn) ? set : null;

        bool IsIn(UnicodeCategory category) => CodeOf(category).StartsWith(name, StringComparison.Ordinal);
    }

    private static string CodeOf(UnicodeCategory category) =>
        category switch
        {
            UnicodeCategory.UppercaseLetter => "Lu",
            UnicodeCategory.LowercaseLetter => "Ll",
            UnicodeCategory.TitlecaseLetter => "Lt",
            UnicodeCategory.ModifierLetter => "Lm",
            UnicodeCategory.OtherLetter => "Lo",
            UnicodeCategory.NonSpacingMark => "Mn",
            UnicodeCategory.SpacingCombiningMark => "Mc",
            UnicodeCategory.EnclosingMark => "Me",
            UnicodeCategory.DecimalDigitNumber => "Nd",
            UnicodeCategory.LetterNumber => "Nl",
            UnicodeCategory.OtherNumber => "No",
            UnicodeCategory.SpaceSeparator => "Zs",
            UnicodeCategory.LineSeparator => "Zl",
            UnicodeCategory.ParagraphSeparator => "Zp",
            UnicodeCategory.Control => "Cc",
            UnicodeCategory.Format => "Cf",
            UnicodeCategory.Surrogate => "Cs",
            UnicodeCategory.PrivateUse => "Co",
            UnicodeCategory.ConnectorPunctuation => "Pc",
            UnicodeCategory.DashPunctuation => "Pd",
            UnicodeCategory.OpenPunctuation => "Ps",
            UnicodeCategory.ClosePunctuation => "Pe",
            UnicodeCategory.InitialQuotePunctuation => "Pi",
            UnicodeCategory.FinalQuotePunctuation => "Pf",
            UnicodeCategory.OtherPunctuation => "Po",
            UnicodeCategory.MathSymbol => "Sm",
            UnicodeCategory.CurrencySymbol => "Sc",
            UnicodeCategory.ModifierSymbol => "Sk",
            UnicodeCategory.OtherSymbol => "So",
            _ => "Cn",
        };
}
