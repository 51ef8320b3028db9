using System.Text;

namespace Serverless.Azure.CosmosDb;

/// <summary>Text as letters, digits, '-' and five marks of ASCII, in an order that is the order of the text's UTF-8: for ids and sort
/// keys.</summary>
/// <remarks>
/// Cosmos DB forbids / \ ? # in ids and advises against more. Each other byte is written as a mark and two hexadecimal digits; the mark
/// is the one of ! . : _ ~ that lies where
/// the byte does among the letters and digits, so that the encoding neither loses nor reorders anything.
/// </remarks>
internal static class OrderedText
{
    private const string Digits = "0123456789ABCDEF";

    // A lone surrogate has no UTF-8: replacing it would let two ids meet in one, so it is an ArgumentException.
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static string Encode(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var value in Strict.GetBytes(text))
        {
            if (value == '-' || char.IsAsciiLetterOrDigit((char)value))
            {
                builder.Append((char)value);
            }
            else
            {
                builder.Append(Mark(value)).Append(Digits[value >> 4]).Append(Digits[value & 15]);
            }
        }

        return builder.ToString();
    }

    public static string Decode(string encoded)
    {
        var bytes = new List<byte>(encoded.Length);
        for (var index = 0; index < encoded.Length; index++)
        {
            if (encoded[index] == '-' || char.IsAsciiLetterOrDigit(encoded[index]))
            {
                bytes.Add((byte)encoded[index]);
            }
            else
            {
                bytes.Add(Convert.ToByte(encoded.Substring(index + 1, 2), 16));
                index += 2;
            }
        }

        return Strict.GetString([.. bytes]);
    }

    private static char Mark(byte value) =>
        value switch
        {
            < (byte)'-' => '!',
            < (byte)'0' => '.',
            < (byte)'A' => ':',
            < (byte)'a' => '_',
            _ => '~',
        };
}
