using System.Buffers.Text;
using System.Text;
using Serverless.Domain.Series;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Values as most lines have them.</summary>
internal static class CommonValue
{
    private static readonly double[] Powers = [.. Enumerable.Range(0, 23).Select(exponent => double.Parse($"1e{exponent}"))];

    /// <summary>Reads the value that the text begins with, up to a comma, a space or the end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="type">The value's type.</param>
    /// <param name="number">The value, unless it is a string: an integer, the bits of a float, 0 or 1 for a boolean.</param>
    /// <param name="word">The value if it is a string.</param>
    /// <returns>How many bytes it is long; 0 if it is none, or one that needs a closer look.</returns>
    public static int Read(ReadOnlySpan<byte> text, out FieldType type, out long number, out string? word)
    {
        (type, number, word) = (FieldType.Float, 0, null);
        if (text.IsEmpty)
        {
            return 0;
        }

        switch (text[0])
        {
            case (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'.':
                return ReadNumber(text, out type, out number);
            case (byte)'"':
                type = FieldType.String;
                return ReadString(text, out word);
            default:
                var end = text.IndexOfAny((byte)',', (byte)' ');
                var token = end < 0 ? text : text[..end];
                var isRead = TryBoolean(token, out var boolean);
                (type, number) = (FieldType.Boolean, boolean.Boolean ? 1 : 0);
                return isRead ? token.Length : 0;
        }
    }

    /// <summary>Digits, perhaps after a minus, that fit into 64 bits.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var length) && length == text.Length && text[0] != '+';

    private static int ReadString(ReadOnlySpan<byte> text, out string? word)
    {
        word = null;
        var length = text[1..].IndexOf((byte)'"');
        var end = length + 2;
        if (length < 0 || (end < text.Length && text[end] is not ((byte)',' or (byte)' ')))
        {
            return 0;
        }

        word = Encoding.UTF8.GetString(text[1..(end - 1)]);
        return end;
    }

    /// <summary>
    /// An integer of up to 18 digits, or a float of up to 15 with perhaps a full stop among them: both the digits and the power of ten are exact then, so that one division rounds rightly
    /// (Clinger 1990).
    /// </summary>
    private static int ReadNumber(ReadOnlySpan<byte> text, out FieldType type, out long number)
    {
        (type, number) = (FieldType.Float, 0);
        var negative = text[0] == '-';
        var at = negative ? 1 : 0;
        var (mantissa, count, point) = (0L, 0, -1);
        for (; at < text.Length; at++)
        {
            var digit = (uint)(text[at] - '0');
            if (digit <= 9)
            {
                mantissa = (mantissa * 10) + digit;
                count++;
            }
            else if (text[at] == '.' && point < 0)
            {
                point = count;
            }
            else
            {
                break;
            }
        }

        if (at < text.Length && text[at] == 'i' && point < 0)
        {
            (type, number) = (FieldType.Integer, negative ? -mantissa : mantissa);
            at++;
        }
        else
        {
            var value = point < 0 || count > 15 ? mantissa : mantissa / Powers[count - point];
            number = BitConverter.DoubleToInt64Bits(negative ? -value : value);
        }

        var isEnd = at == text.Length || text[at] is (byte)',' or (byte)' ';
        return isEnd && count > 0 && count <= (type == FieldType.Integer ? 18 : 15) ? at : 0;
    }

    public static bool TryBoolean(ReadOnlySpan<byte> token, out FieldValue value)
    {
        var isTrue = token.SequenceEqual("true"u8) || token.SequenceEqual("t"u8) || token.SequenceEqual("T"u8);
        isTrue = isTrue || token.SequenceEqual("True"u8) || token.SequenceEqual("TRUE"u8);
        var isFalse = token.SequenceEqual("false"u8) || token.SequenceEqual("f"u8) || token.SequenceEqual("F"u8);
        isFalse = isFalse || token.SequenceEqual("False"u8) || token.SequenceEqual("FALSE"u8);
        value = FieldValue.Of(isTrue);
        return isTrue || isFalse;
    }
}
