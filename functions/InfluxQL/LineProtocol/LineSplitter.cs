namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Finds where lines end: at a line feed that is not within a string.</summary>
internal static class LineSplitter
{
    /// <summary>The first line of the text, without its line feed.</summary>
    public static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> text)
    {
        var line = NextPlain(text);
        return line.IndexOfAny((byte)'"', (byte)'\\') < 0 ? line : text[..FindEnd(text)];
    }

    /// <summary>The first line of a text without strings.</summary>
    public static ReadOnlySpan<byte> NextPlain(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        return end < 0 ? text : text[..end];
    }

    /// <summary>Quotes count in values only: after the first space, where more equals signs than commas came.</summary>
    private static int FindEnd(ReadOnlySpan<byte> text)
    {
        var (quoted, inFields) = (false, false);
        var (equals, commas) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'\\' when i + 2 < text.Length:
                    i++;
                    break;
                case (byte)' ':
                    inFields = true;
                    break;
                case (byte)'=' when inFields && !quoted:
                    equals++;
                    break;
                case (byte)',' when inFields && !quoted:
                    commas++;
                    break;
                case (byte)'"' when inFields && equals > commas:
                    quoted = !quoted;
                    break;
                case (byte)'\n' when !quoted:
                    return i;
            }
        }

        // A string that is never closed takes all that is left, but for the last line feed.
        return text[^1] == '\n' ? text.Length - 1 : text.Length;
    }
}
