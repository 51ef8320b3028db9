using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Serverless.Dialects.Influx;

/// <summary>
/// Reads "name=value&amp;…" of URLs and forms as Go's net/url does, where ASP.NET differs: names are in their case, a pair with a broken escape is left out, bytes that are no UTF-8 are
/// replaced, and there may be any number of pairs.
/// </summary>
internal static class UrlValues
{
    /// <summary>The values of a URL.</summary>
    public static QueryCollection Read(QueryString query) => new(Read(Encoding.UTF8.GetBytes(query.HasValue ? query.Value![1..] : "")));

    /// <summary>The values of a form.</summary>
    public static Dictionary<string, StringValues> Read(ReadOnlySpan<byte> text)
    {
        var values = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        foreach (var range in text.Split((byte)'&'))
        {
            var pair = text[range];
            var equals = pair.IndexOf((byte)'=');
            if (
                !pair.IsEmpty
                && Unescape(equals < 0 ? pair : pair[..equals]) is { } name
                && Unescape(equals < 0 ? [] : pair[(equals + 1)..]) is { } value
            )
            {
                // The first value of a name is the one that counts.
                values.TryAdd(name, value);
            }
        }

        return values;
    }

    private static string? Unescape(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var next = text[i];
            if (next == '%')
            {
                if (i + 2 >= text.Length || !byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, null, out next))
                {
                    return null;
                }

                i += 2;
            }
            else if (next == '+')
            {
                next = (byte)' ';
            }

            bytes[length++] = next;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
