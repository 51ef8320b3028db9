using System.Text;
using System.Text.Json;
using Serverless.InfluxQL;
using Serverless.InfluxQL.Values;

namespace Serverless.Dialects.Influx;

/// <summary>Reads the parameter params, a JSON object, with the error texts of Go's decoder.</summary>
internal static class BoundParameters
{
    private const string Prefix = "error parsing query parameters: ";

    /// <param name="text">The object; what follows it is not read. Empty for none.</param>
    /// <exception cref="InfluxSyntaxException">It is no such object; the message is complete.</exception>
    public static QueryParameters Read(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return text.Length == 0 ? QueryParameters.None : throw new InfluxSyntaxException(Prefix + "EOF");
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Object => QueryParameters.FromJson(document.RootElement),
                JsonValueKind.Null => QueryParameters.None,
                var kind => throw new InfluxSyntaxException(
                    $"{Prefix}json: cannot unmarshal {NameOf(kind)} into Go value of type map[string]interface {{}}"
                ),
            };
        }
        catch (JsonException broken)
        {
            throw new InfluxSyntaxException(Prefix + Explain(bytes, broken), broken);
        }
        catch (InvalidOperationException broken)
        {
            // The JSON reader's word for half a surrogate pair.
            throw new InfluxSyntaxException(Prefix + "invalid text in a string", broken);
        }
    }

    private static string NameOf(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Array => "array",
            JsonValueKind.Number => "number",
            JsonValueKind.String => "string",
            _ => "bool",
        };

    private static string Explain(byte[] bytes, JsonException broken)
    {
        var at = Offset(bytes, broken);
        if (at >= bytes.Length)
        {
            return "unexpected EOF";
        }

        Rune.DecodeFromUtf8(bytes.AsSpan(at), out var rune, out _);
        var isFirst = bytes.AsSpan(0, at).IndexOfAnyExcept(" \t\r\n"u8) < 0;
        return $"invalid character '{rune}'" + (isFirst ? " looking for beginning of value" : " in a parameter");
    }

    private static int Offset(byte[] bytes, JsonException broken)
    {
        var at = 0;
        for (var line = broken.LineNumber ?? 0; line > 0; line--)
        {
            at += bytes.AsSpan(at).IndexOf((byte)'\n') + 1;
        }

        return at + (int)(broken.BytePositionInLine ?? 0);
    }
}
