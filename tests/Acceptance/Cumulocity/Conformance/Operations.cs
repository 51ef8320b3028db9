using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>A parameter of an operation, and what it must be by the document.</summary>
internal sealed record Parameter(string Name, string In, bool Required, string Type, string? Format);

/// <summary>An operation of the official document.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path with {names}.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="BodyType">The media type of its body, or null where it takes none.</param>
/// <param name="Body">The body's schema with all references followed, or null.</param>
/// <param name="Statuses">The statuses that it is documented with.</param>
internal sealed record Operation(
    string Method,
    string Path,
    IReadOnlyList<Parameter> Parameters,
    string? BodyType,
    JsonObject? Body,
    IReadOnlyList<int> Statuses
)
{
    public override string ToString() => $"{Method} {Path}";
}

/// <summary>The operations in scope of the official OpenAPI document, read from its bare schemas (operations.json, made by strip.mjs).</summary>
internal static class Operations
{
    private const int DeepestReference = 6;

    public static string File => Repository.At("tests", "Acceptance", "Cumulocity", "Conformance", "operations.json");

    public static IReadOnlyList<Operation> All { get; } = Read();

    private static List<Operation> Read()
    {
        var document = JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();
        var found = new List<Operation>();
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            var shared = item!["parameters"]?.AsArray() ?? [];
            foreach (var (method, operation) in item.AsObject().Where(member => member.Key != "parameters"))
            {
                found.Add(ReadOperation(document, path, method, operation!.AsObject(), shared));
            }
        }

        return found;
    }

    private static Operation ReadOperation(JsonObject document, string path, string method, JsonObject operation, JsonArray shared)
    {
        var parameters = shared.Concat(operation["parameters"]?.AsArray() ?? []).Select(node => ReadParameter(document, node!)).ToList();
        var content = Resolve(document, operation["requestBody"], 0)?["content"]?.AsObject();
        var (type, media) = content is { Count: > 0 } ? (content.First().Key, content.First().Value) : (null, null);
        var statuses = operation["responses"]!.AsObject().Select(response => int.Parse(response.Key));
        return new Operation(
            method.ToUpperInvariant(),
            path,
            parameters,
            type,
            Resolve(document, media?["schema"], 0) as JsonObject,
            [.. statuses]
        );
    }

    private static Parameter ReadParameter(JsonObject document, JsonNode node)
    {
        var parameter = Resolve(document, node, 0)!;
        var schema = parameter["schema"];
        return new Parameter(
            (string)parameter["name"]!,
            (string)parameter["in"]!,
            (bool?)parameter["required"] ?? false,
            (string?)schema?["type"] ?? "string",
            (string?)schema?["format"]
        );
    }

    /// <summary>A copy of a node with what it refers to in its place; objects that are put together of several (allOf) become one.</summary>
    private static JsonNode? Resolve(JsonObject document, JsonNode? node, int depth)
    {
        switch (node)
        {
            case JsonObject reference when (string?)reference["$ref"] is { } target:
                var found = target.Split('/').Skip(1).Aggregate((JsonNode?)document, (at, name) => at?[name]);
                return depth >= DeepestReference ? new JsonObject() : Resolve(document, found, depth + 1);
            case JsonObject combined when combined["allOf"] is JsonArray parts:
                var whole = new JsonObject();
                foreach (var part in parts.Select(part => Resolve(document, part, depth)).OfType<JsonObject>())
                {
                    Merge(whole, part);
                }

                return whole;
            case JsonObject plain:
                return new JsonObject(plain.Select(member => KeyValuePair.Create(member.Key, Resolve(document, member.Value, depth))));
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Resolve(document, item, depth))]);
            default:
                return node?.DeepClone();
        }
    }

    private static void Merge(JsonObject whole, JsonObject part)
    {
        foreach (var (name, value) in part)
        {
            if (whole[name] is JsonObject there && value is JsonObject more)
            {
                Merge(there, more);
            }
            else if (whole[name] is JsonArray list && value is JsonArray items)
            {
                items.ToList().ForEach(item => list.Add(item?.DeepClone()));
            }
            else
            {
                whole[name] = value?.DeepClone();
            }
        }
    }
}
