using System.Globalization;
using System.Text;

namespace Serverless.Azure.TableStorage;

/// <summary>Makes any text a key of Table Storage, reversibly and in the same ordinal order.</summary>
/// <remarks>
/// Keys may not have / \ # ? and control characters, and quotes, percent signs and non-ASCII characters are trouble in addresses. What is not plain becomes a mark and four hexadecimal digits
/// of its UTF-16 code unit. There are several marks, each the least of a stretch of characters none of which is plain: so an escaped character stands where it did among the plain ones.
/// </remarks>
internal static class KeyEscape
{
    /// <summary>The most characters of a key: 1 KiB of UTF-16.</summary>
    public const int MostCharacters = 512;

    private const string Marks = "!.:[`{}";

    /// <exception cref="ArgumentException">The key is too long for Table Storage.</exception>
    public static string Escape(string text)
    {
        if (text.All(IsPlain))
        {
            return Checked(text);
        }

        var key = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            key = IsPlain(c) ? key.Append(c) : key.Append(MarkOf(c)).Append(((int)c).ToString("x4"));
        }

        return Checked(key.ToString());
    }

    public static string Unescape(ReadOnlySpan<char> key)
    {
        var text = new StringBuilder(key.Length);
        while (key.Length > 0)
        {
            var escaped = Marks.Contains(key[0]);
            text.Append(escaped ? (char)int.Parse(key[1..5], NumberStyles.AllowHexSpecifier) : key[0]);
            key = key[(escaped ? 5 : 1)..];
        }

        return text.ToString();
    }

    /// <exception cref="ArgumentException">The key is too long for Table Storage.</exception>
    public static string Checked(string key) =>
        key.Length <= MostCharacters
            ? key
            : throw new ArgumentException(
                $"A name is too long for Table Storage: its key has {key.Length} characters, at most {MostCharacters} may be.",
                nameof(key)
            );

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '|';

    private static char MarkOf(char c) =>
        c switch
        {
            < '-' => '!',
            < '0' => '.',
            < 'A' => ':',
            < '_' => '[',
            '`' => '`',
            '{' => '{',
            _ => '}',
        };
}
