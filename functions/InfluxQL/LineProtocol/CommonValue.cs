using System.Buffers.Text;
using System.Text;
using Serverless.Domain.Series;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>Values as most lines have them.</summary>
internal static class CommonValue
{
    private static readonly double[] Powers = [.. Enumerable.Range(0, 23).Select(exponent => double.Parse($"1e{exponent}"))];

    /// <summary>Reads the value that the text begins with, up to a comma, a space or the end.</summary>
    /// <returns>How many bytes it is long; 0 if it is none, or one that needs a closer look.</returns>
    public static int Read(ReadOnlySpan<byte> text, out FieldValue value)
    {
        value = default;
        if (text.IsEmpty)
        {
            return 0;
        }

        if (text[0] == '"')
        {
            return ReadString(text, out value);
        }

        var end = text.IndexOfAny((byte)',', (byte)' ');
        var token = end < 0 ? text : text[..end];
        if (token.IsEmpty)
        {
            return 0;
        }

        var isRead = token[0] switch
        {
            (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'.' => TryNumber(token, out value),
            _ => TryBoolean(token, out value),
        };
        return isRead ? token.Length : 0;
    }

    /// <summary>Digits, perhaps after a minus, that fit into 64 bits.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var length) && length == text.Length && text[0] != '+';

    private static int ReadString(ReadOnlySpan<byte> text, out FieldValue value)
    {
        value = default;
        var length = text[1..].IndexOf((byte)'"');
        var end = length + 2;
        if (length < 0 || (end < text.Length && text[end] is not ((byte)',' or (byte)' ')))
        {
            return 0;
        }

        value = FieldValue.Of(Encoding.UTF8.GetString(text[1..(end - 1)]));
        return end;
    }

    private static bool TryNumber(ReadOnlySpan<byte> token, out FieldValue value)
    {
        value = default;
        if (token[^1] == 'i')
        {
            var isInteger = TryInteger(token[..^1], out var integer);
            value = FieldValue.Of(integer);
            return isInteger;
        }

        if (!TryDecimal(token, out var number))
        {
            return false;
        }

        value = FieldValue.Of(number);
        return true;
    }

    /// <summary>Up to 15 digits with a full stop among them: both the digits and the power of ten are exact, so that one division rounds rightly (Clinger 1990).</summary>
    private static bool TryDecimal(ReadOnlySpan<byte> token, out double number)
    {
        var negative = token[0] == '-';
        var digits = negative ? token[1..] : token;
        var (mantissa, count, point) = (0L, 0, -1);
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[i] - '0';
            if ((uint)digit <= 9 && count < 15)
            {
                mantissa = (mantissa * 10) + digit;
                count++;
            }
            else if (digits[i] == '.' && point < 0)
            {
                point = i;
            }
            else
            {
                number = 0;
                return false;
            }
        }

        number = point < 0 ? mantissa : mantissa / Powers[digits.Length - point - 1];
        number = negative ? -number : number;
        return count > 0;
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
