using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.ThingScale.Connectors;

/// <summary>The payload of v1, v=11.1&amp;v2=47.9: its row is {"value":11.1,"value2":47.9} (seed's stream response).</summary>
internal static class Version1Values
{
    /// <summary>A row's members, in the order of <see cref="Names"/>.</summary>
    public static readonly IReadOnlyList<string> Members = ["value", "value2", "value3", "value4"];

    private static readonly string[] Names = ["v", "v2", "v3", "v4"];

    /// <summary>The row as JSON in UTF-8. What is no number is a text, what is empty is left out.</summary>
    /// <exception cref="PayloadException">The payload has another name than v, v2, v3 and v4, or no value.</exception>
    public static byte[] ToJson(ReadOnlySpan<byte> payload)
    {
        var row = new JsonObject();
        foreach (var (name, text) in UrlEncodedPayload.Parse(payload))
        {
            var place = Array.IndexOf(Names, name);
            if (place < 0)
            {
                throw new PayloadException("The values of a payload are v, v2, v3 and v4.");
            }

            if (text.Length > 0)
            {
                row[Members[place]] = ToNode(text);
            }
        }

        return row.Count > 0 ? Encoding.UTF8.GetBytes(row.ToJsonString()) : throw new PayloadException("The payload has no value.");
    }

    /// <summary>A number where the text is one, else the text.</summary>
    public static JsonValue ToNode(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text)!;
}
