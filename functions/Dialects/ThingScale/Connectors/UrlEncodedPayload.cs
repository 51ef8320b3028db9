using System.Text;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.ThingScale.Connectors;

/// <summary>
/// Reads name=value pairs joined by &amp;, as HTML forms encode them: + is a space, %XX a byte of UTF-8. Names are 1 to 64 characters and come once, values
/// up to 1,024, pairs 1 to 64. It takes time in proportion to the payload's length.
/// </summary>
internal static class UrlEncodedPayload
{
    public const int MostPairs = 64;
    public const int LongestName = 64;
    public const int LongestValue = 1024;

    // A character takes at most 9 bytes of an encoded payload: three bytes of UTF-8 as %XX.
    private const int MostBytes = MostPairs * 9 * (LongestName + LongestValue);

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The pairs in their order; values may be empty.</returns>
    /// <exception cref="PayloadException">The payload is not of this form, or beyond these bounds.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MostBytes)
        {
            throw new PayloadException("The payload is too long.");
        }

        var pairs = new List<KeyValuePair<string, string>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var range in payload.Split((byte)'&'))
        {
            var pair = payload[range];
            var equals = pair.IndexOf((byte)'=');
            if (equals < 0)
            {
                throw new PayloadException("A payload is pairs name=value, joined by &.");
            }

            var (name, value) = (Decode(pair[..equals], LongestName), Decode(pair[(equals + 1)..], LongestValue));
            if (name.Length == 0 || !names.Add(name) || pairs.Count == MostPairs)
            {
                throw new PayloadException($"A payload has 1 to {MostPairs} names, none of them empty and each once.");
            }

            pairs.Add(new(name, value));
        }

        return pairs;
    }

    private static string Decode(ReadOnlySpan<byte> encoded, int longest)
    {
        if (encoded.Length > 9 * longest)
        {
            throw new PayloadException($"A name or value is longer than {longest} characters.");
        }

        var bytes = new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            bytes[length++] = encoded[i] switch
            {
                (byte)'+' => (byte)' ',
                (byte)'%' => (byte)((Digit(encoded, ++i) << 4) | Digit(encoded, ++i)),
                var plain => plain,
            };
        }

        try
        {
            var text = Strict.GetString(bytes, 0, length);
            return text.Length <= longest ? text : throw new PayloadException($"A name or value is longer than {longest} characters.");
        }
        catch (DecoderFallbackException)
        {
            throw new PayloadException("A name or value is no UTF-8.");
        }
    }

    private static int Digit(ReadOnlySpan<byte> encoded, int at) =>
        at < encoded.Length && char.IsAsciiHexDigit((char)encoded[at])
            ? Convert.ToInt32(((char)encoded[at]).ToString(), 16)
            : throw new PayloadException("Two hexadecimal digits follow %.");
}
