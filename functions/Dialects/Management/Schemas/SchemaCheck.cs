using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Time;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>Checks a value against the schema that the API's document shows for it, so that what is documented is what is taken.</summary>
/// <remarks>It knows the keywords that <see cref="Schema"/> writes. Stricter than JSON Schema in one thing: an object with properties has no others.</remarks>
internal static class SchemaCheck
{
    /// <exception cref="DomainException">The value is not of the schema; the exception names the member.</exception>
    public static void Check(JsonNode? value, JsonObject schema, string path = "")
    {
        schema = Resolve(schema);
        if (schema["type"] is not { } type)
        {
            return;
        }

        var allowed = type is JsonArray several ? several.Select(one => one!.GetValue<string>()).ToArray() : [type.GetValue<string>()];
        if (!allowed.Any(name => IsOf(name, value)))
        {
            throw Wrong(path, $"It is {string.Join(" or ", allowed.Select(Article))}.");
        }

        switch (value)
        {
            case JsonObject members:
                CheckMembers(members, schema, path);
                break;
            case JsonArray items when schema["items"] is JsonObject itemSchema:
                for (var i = 0; i < items.Count; i++)
                {
                    Check(items[i], itemSchema, $"{path}[{i}]");
                }

                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                CheckText(scalar.GetValue<string>(), schema, path);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number:
                CheckNumber(NumberOf(scalar), schema, path);
                break;
        }
    }

    private static JsonObject Resolve(JsonObject schema) =>
        schema["$ref"] is { } reference ? Components.All[reference.GetValue<string>().Split('/')[^1]] : schema;

    private static bool IsOf(string type, JsonNode? value) =>
        (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
        {
            ("null", JsonValueKind.Null) => true,
            ("object", JsonValueKind.Object) => true,
            ("array", JsonValueKind.Array) => true,
            ("string", JsonValueKind.String) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("number", JsonValueKind.Number) => double.IsFinite(NumberOf(value!.AsValue())),
            ("integer", JsonValueKind.Number) => value!.AsValue() is var number
                && (number.TryGetValue(out int _) || number.TryGetValue(out long _)),
            _ => false,
        };

    // A number of a parsed body converts itself, one of a query is an int or a long.
    private static double NumberOf(JsonValue value) =>
        value.TryGetValue(out int small) ? small
        : value.TryGetValue(out long large) ? large
        : value.GetValue<double>();

    private static void CheckMembers(JsonObject members, JsonObject schema, string path)
    {
        if (schema["required"] is JsonArray required)
        {
            foreach (var name in required.Select(node => node!.GetValue<string>()).Where(name => !members.ContainsKey(name)))
            {
                throw Wrong(Join(path, name), "It is missing.");
            }
        }

        foreach (var (name, value) in members)
        {
            if (schema["additionalProperties"] is JsonObject any)
            {
                Check(value, any, Join(path, name));
            }
            else if (schema["properties"] is JsonObject properties)
            {
                var known = properties[name] ?? throw Wrong(Join(path, name), "There is no such member, or it cannot be set here.");
                Check(value, known.AsObject(), Join(path, name));
            }
        }
    }

    private static void CheckText(string text, JsonObject schema, string path)
    {
        if (schema["minLength"] is { } least && text.Length < least.GetValue<int>())
        {
            throw Wrong(path, $"It has at least {least} characters.");
        }

        if (schema["maxLength"] is { } most && text.Length > most.GetValue<int>())
        {
            throw Wrong(path, $"It has at most {most} characters.");
        }

        if (schema["enum"] is JsonArray values && !values.Any(value => value?.GetValue<string>() == text))
        {
            throw Wrong(path, $"It is one of {string.Join(", ", values.Where(value => value is not null))}.");
        }

        var isOfFormat = schema["format"]?.GetValue<string>() switch
        {
            "uuid" => Guid.TryParseExact(text, "D", out _),
            "date-time" => Iso8601.TryParse(text, out _),
            _ => true,
        };
        if (!isOfFormat)
        {
            throw Wrong(path, $"It is a text of the format {schema["format"]}.");
        }
    }

    private static void CheckNumber(double number, JsonObject schema, string path)
    {
        if (
            (schema["minimum"] is { } least && number < least.GetValue<double>())
            || (schema["maximum"] is { } most && number > most.GetValue<double>())
        )
        {
            throw Wrong(path, $"It lies between {schema["minimum"]?.ToString() ?? "-∞"} and {schema["maximum"]?.ToString() ?? "∞"}.");
        }
    }

    private static string Article(string type) =>
        type is "null" ? type
        : type is "object" or "array" or "integer" ? $"an {type}"
        : $"a {type}";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static DomainException Wrong(string path, string message) => DomainException.Invalid(path, message);
}
