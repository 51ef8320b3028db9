using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Serverless.InfluxQL.Results;

/// <summary>Writes JSON strings as Go's encoding/json does.</summary>
internal static class GoText
{
    // Control characters, and what would mean something in HTML or JavaScript.
    private static readonly SearchValues<char> Escaped = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(code => (char)code),
        .. "\"\\<>&\u2028\u2029",
    ]);

    public static void WriteString(ByteBuffer output, string text)
    {
        output.Write((byte)'"');
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAny(Escaped); at >= 0; at = rest.IndexOfAny(Escaped))
        {
            WriteUtf8(output, rest[..at]);
            WriteEscape(output, rest[at]);
            rest = rest[(at + 1)..];
        }

        WriteUtf8(output, rest);
        output.Write((byte)'"');
    }

    /// <summary>Writes text as UTF-8; half a surrogate pair becomes U+FFFD.</summary>
    public static void WriteUtf8(ByteBuffer output, ReadOnlySpan<char> text)
    {
        var room = output.Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Utf8.FromUtf16(text, room, out _, out var written);
        output.Advance(written);
    }

    private static void WriteEscape(ByteBuffer output, char character)
    {
        switch (character)
        {
            case '"':
                output.Write("\\\""u8);
                break;
            case '\\':
                output.Write("\\\\"u8);
                break;
            case '\n':
                output.Write("\\n"u8);
                break;
            case '\r':
                output.Write("\\r"u8);
                break;
            case '\t':
                output.Write("\\t"u8);
                break;
            default:
                output.Write("\\u"u8);
                ((int)character).TryFormat(output.Reserve(4), out var written, "x4", CultureInfo.InvariantCulture);
                output.Advance(written);
                break;
        }
    }
}
