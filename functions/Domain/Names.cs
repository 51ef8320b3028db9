using System.Globalization;
using System.Text;

namespace Serverless.Domain;

/// <summary>What may be a name.</summary>
public static class Names
{
    /// <summary>1 to 64 of a-z, A-Z, 0-9, - and _, so that it stands in any path, key and topic as it is.</summary>
    public static bool IsIdentifier(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>1 to 128 characters without a slash or control character; a slash separates tenant and user in a login name.</summary>
    public static bool IsUserName(string name) => name.Length is > 0 and <= 128 && !name.Any(c => c is '/' || char.IsControl(c));

    /// <summary>An IoT Hub device id: 1 to 128 of ASCII letters, digits and - . _ : % # * ? ! ( ) , = @ $ '.</summary>
    public static bool IsHubId(string name) =>
        name.Length is > 0 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || "-._:%#*?!(),=@$'".Contains(c));

    /// <summary>The most bytes of a database's name in UTF-8.</summary>
    public const int MaxDatabaseNameBytes = 255;

    /// <summary>A name for a database or a retention policy: 1 to 255 bytes of printed characters and spaces, no slash of either kind, and not . or ..</summary>
    public static bool IsDatabaseName(string name) =>
        name is not ("" or "." or "..")
        && Encoding.UTF8.GetByteCount(name) <= MaxDatabaseNameBytes
        && name.EnumerateRunes().All(rune => IsPrinted(rune) && rune.Value is not ('/' or '\\'));

    private static bool IsPrinted(Rune rune) =>
        rune.Value == ' '
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}
