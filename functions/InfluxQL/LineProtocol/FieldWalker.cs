using System.Buffers.Text;
using Serverless.Domain.Series;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Takes fields apart that <see cref="LineScanner"/> found right.</summary>
internal static class FieldWalker
{
    public static void Walk(ReadOnlySpan<byte> text, ByteCache<FieldName> names, List<(FieldName, FieldValue)> fields)
    {
        while (!text.IsEmpty)
        {
            var equals = Escapes.Find(text, 0, (byte)'=');
            var name = NameOf(text[..equals], names);
            text = text[Math.Min(equals + 1, text.Length)..];
            var end = EndOfValue(text);
            if (end > 0)
            {
                fields.Add((name, Value(text[..end])));
            }

            text = text[Math.Min(end + 1, text.Length)..];
        }
    }

    /// <summary>The name without its backslashes, the same object for the same bytes.</summary>
    public static FieldName NameOf(ReadOnlySpan<byte> bytes, ByteCache<FieldName> names)
    {
        if (names.Find(bytes) is { } known)
        {
            return known;
        }

        var name = new FieldName(bytes.ToArray(), Escapes.Remove(bytes, ",\" ="u8));
        names.Add(bytes, name);
        return name;
    }

    /// <summary>The first comma that is not within quotes; backslashes hide quotes and backslashes only.</summary>
    private static int EndOfValue(ReadOnlySpan<byte> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is (byte)'"' or (byte)'\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == ',' && !quoted)
            {
                return i;
            }
        }

        return text.Length;
    }

    private static FieldValue Value(ReadOnlySpan<byte> text)
    {
        if (text[0] == '"')
        {
            return FieldValue.Of(text.Length < 2 ? "" : Escapes.Remove(text[1..^1], "\"\\"u8));
        }

        if (text[^1] == 'i' && CommonValue.TryInteger(text[..^1], out var integer))
        {
            return FieldValue.Of(integer);
        }

        if (CommonValue.TryBoolean(text, out var boolean))
        {
            return boolean;
        }

        _ = Utf8Parser.TryParse(text, out double number, out _);
        return FieldValue.Of(number);
    }
}
