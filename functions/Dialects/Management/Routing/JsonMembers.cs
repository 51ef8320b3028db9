using System.Text.Json.Nodes;

namespace Serverless.Dialects.Management.Routing;

/// <summary>Members of an object that has been checked against its schema. A member that is absent is given as it was: so a merge patch is read.</summary>
internal static class JsonMembers
{
    public static string? Text(this JsonObject body, string name, string? absent = null) =>
        body.TryGetPropertyValue(name, out var value) ? value?.GetValue<string>() : absent;

    public static bool Flag(this JsonObject body, string name, bool absent = false) => body[name]?.GetValue<bool>() ?? absent;

    public static int Integer(this JsonObject body, string name, int absent) => body[name]?.GetValue<int>() ?? absent;

    public static long? Long(this JsonObject body, string name) =>
        body[name] is not JsonValue value ? null
        : value.TryGetValue(out int small) ? small
        : value.GetValue<long>();

    public static double Number(this JsonObject body, string name, double absent) => body[name]?.GetValue<double>() ?? absent;

    public static IReadOnlyList<string> Texts(this JsonObject body, string name, IReadOnlyList<string> absent) =>
        body[name] is JsonArray items ? [.. items.Select(item => item!.GetValue<string>())] : absent;

    public static JsonObject? Object(this JsonObject body, string name) => body[name] as JsonObject;

    public static IReadOnlyList<T> Objects<T>(this JsonObject body, string name, Func<JsonObject, T> read, IReadOnlyList<T> absent) =>
        body[name] is JsonArray items ? [.. items.Select(item => read(item!.AsObject()))] : absent;

    public static JsonArray ToArray(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    public static JsonObject ToObject(IReadOnlyDictionary<string, string> texts) =>
        new(texts.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value)));
}
