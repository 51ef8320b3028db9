using System.Globalization;
using System.Text.Json.Nodes;

namespace Serverless.Dialects.Cumulocity.Mqtt.Custom;

/// <summary>A path into a JSON document: names with dots between them, [n] an element, [*] all, ['name'] a name with any characters; $. may stand before it.</summary>
internal sealed class JsonPath
{
    // A name, an element's number, or (null, -1) all elements.
    private readonly List<(string? Name, int Index)> steps;

    private JsonPath(List<(string?, int)> steps) => this.steps = steps;

    /// <returns>The path, or null where it is none; filters are none either.</returns>
    public static JsonPath? Parse(string text)
    {
        var parsed = new List<(string?, int)>();
        var rest = text.AsSpan();
        if (rest.StartsWith("$"))
        {
            rest = rest[1..];
        }

        for (var first = true; rest.Length > 0; first = false)
        {
            if (rest[0] == '[')
            {
                var end = rest.IndexOf(']');
                if (end < 0 || ReadBracket(rest[1..end]) is not { } step)
                {
                    return null;
                }

                parsed.Add(step);
                rest = rest[(end + 1)..];
                continue;
            }

            if (rest[0] == '.')
            {
                rest = rest[1..];
            }
            else if (!first)
            {
                return null;
            }

            var length = rest.IndexOfAny('.', '[') is >= 0 and var found ? found : rest.Length;
            if (length == 0)
            {
                return null;
            }

            parsed.Add((rest[..length].ToString(), 0));
            rest = rest[length..];
        }

        return new JsonPath(parsed);
    }

    /// <summary>What the path leads to: nothing where it leads nowhere, several where it goes through all elements of an array.</summary>
    public IReadOnlyList<JsonNode> Find(JsonNode root)
    {
        IReadOnlyList<JsonNode> found = [root];
        foreach (var (name, index) in steps)
        {
            found = [.. found.SelectMany(node => Step(node, name, index)).Where(node => node is not null).Select(node => node!)];
        }

        return found;
    }

    private static IEnumerable<JsonNode?> Step(JsonNode node, string? name, int index)
    {
        if (name is not null)
        {
            return node is JsonObject members && members.TryGetPropertyValue(name, out var value) ? Enumerable.Repeat(value, 1) : [];
        }

        return node is not JsonArray array ? []
            : index < 0 ? array.AsEnumerable()
            : array.Skip(index).Take(1);
    }

    private static (string? Name, int Index)? ReadBracket(ReadOnlySpan<char> text) =>
        text is "*" ? (null, -1)
        : text.Length > 2 && text[0] is '\'' or '"' && text[^1] == text[0] ? (text[1..^1].ToString(), 0)
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? (null, index)
        : null;
}
