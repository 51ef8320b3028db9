using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Domain.Documents;

/// <summary>The value of a comparison as filters see it: a string, a number as float64, or a boolean.</summary>
/// <param name="Kind">String, Number, True or False.</param>
/// <param name="Text">The string; empty for the others.</param>
/// <param name="Number">The number; 0 for the others.</param>
public readonly record struct FilterValue(JsonValueKind Kind, string Text, double Number)
{
    /// <summary>Reads a filter's value.</summary>
    /// <exception cref="ArgumentException">It is no string, finite number or boolean.</exception>
    public static FilterValue Of(JsonValue value)
    {
        if (value.TryGetValue<string>(out var text))
        {
            return new FilterValue(JsonValueKind.String, text, 0);
        }

        // A value made from a CLR object (an enum, a date) has its type only in its JSON.
        using var json = JsonDocument.Parse(value.ToJsonString());
        return Of(json.RootElement)
            ?? throw new ArgumentException("A filter compares with a string, a number or a boolean.", nameof(value));
    }

    /// <summary>Reads a document's member; null for null, arrays and objects.</summary>
    public static FilterValue? Of(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => new FilterValue(JsonValueKind.String, element.GetString()!, 0),
            JsonValueKind.Number => new FilterValue(JsonValueKind.Number, "", element.GetDouble()),
            JsonValueKind.True or JsonValueKind.False => new FilterValue(element.ValueKind, "", 0),
            _ => null,
        };
}
