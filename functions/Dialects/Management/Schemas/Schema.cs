using System.Text.Json.Nodes;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>Writes JSON schemas (2020-12, as OpenAPI 3.1 has them), only of the keywords that <see cref="SchemaCheck"/> knows.</summary>
internal static class Schema
{
    public static JsonObject Text(int least = 0, int? most = null) =>
        Of("string").With("minLength", least == 0 ? (int?)null : least).With("maxLength", most);

    public static JsonObject Uuid() => Text().With("format", "uuid");

    public static JsonObject Time() => Text().With("format", "date-time");

    public static JsonObject OneOf(params IEnumerable<string> values) =>
        Text().With("enum", new JsonArray([.. values.Select(value => (JsonNode)value)]));

    public static JsonObject Flag() => Of("boolean");

    public static JsonObject Integer(double? least = null, double? most = null) => Bounded("integer", least, most);

    public static JsonObject Number(double? least = null, double? most = null) => Bounded("number", least, most);

    public static JsonObject ListOf(JsonObject items) => Of("array").With("items", items);

    /// <summary>Any JSON object.</summary>
    public static JsonObject Free() => Of("object");

    /// <summary>Any JSON value.</summary>
    public static JsonObject Any() => [];

    /// <summary>An object of strings.</summary>
    public static JsonObject Texts() => MapOf(Text());

    public static JsonObject MapOf(JsonObject values) => Free().With("additionalProperties", values);

    public static JsonObject Ref(string component) => new() { ["$ref"] = $"#/components/schemas/{component}" };

    /// <summary>An object of these members; a request may have no others.</summary>
    public static JsonObject Object(params IEnumerable<(string Name, JsonObject Schema)> members) =>
        Of("object")
            .With("properties", new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)member.Schema))));

    public static JsonObject Requiring(this JsonObject schema, params IEnumerable<string> members) =>
        schema.With("required", new JsonArray([.. members.Select(member => (JsonNode)member)]));

    /// <summary>The same schema, or null.</summary>
    public static JsonObject OrNull(this JsonObject schema)
    {
        if (schema["enum"] is JsonArray values)
        {
            values.Add((JsonNode?)null);
        }

        return schema.With("type", new JsonArray(schema["type"]!.GetValue<string>(), "null"));
    }

    public static JsonObject Saying(this JsonObject schema, string description) => schema.With("description", description);

    public static JsonObject Default(this JsonObject schema, JsonNode value) => schema.With("default", value);

    private static JsonObject Bounded(string type, double? least, double? most) => Of(type).With("minimum", least).With("maximum", most);

    private static JsonObject Of(string type) => new() { ["type"] = type };

    private static JsonObject With(this JsonObject schema, string keyword, JsonNode? value)
    {
        if (value is not null)
        {
            schema[keyword] = value;
        }

        return schema;
    }
}
