using System.Text;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Names and strings without their backslashes.</summary>
internal static class Escapes
{
    /// <summary>Removes each backslash that stands before one of the bytes; others stay.</summary>
    public static string Remove(ReadOnlySpan<byte> text, ReadOnlySpan<byte> escaped)
    {
        if (!text.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(text);
        }

        var kept = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && escaped.Contains(text[i + 1]))
            {
                i++;
            }

            kept[length++] = text[i];
        }

        return Encoding.UTF8.GetString(kept.AsSpan(0, length));
    }

    /// <summary>Where the byte first stands with no backslash before it, from a place on; the length if nowhere.</summary>
    public static int Find(ReadOnlySpan<byte> text, int from, byte wanted)
    {
        var i = from;
        while (i < text.Length && (text[i] != wanted || (i > 0 && text[i - 1] == '\\')))
        {
            i++;
        }

        return i;
    }
}
