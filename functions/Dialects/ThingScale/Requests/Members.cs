using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Dialects.ThingScale.Requests;

/// <summary>Reads members of bodies; whatever is of another type, or of another name, is BAD_JSON_FORMAT.</summary>
internal static class Members
{
    private const int LongestText = 256;

    /// <exception cref="ThingScaleException">The body has a member of another name.</exception>
    public static void CheckNames(JsonObject body, params ReadOnlySpan<string> known)
    {
        foreach (var (name, _) in body)
        {
            if (!known.Contains(name))
            {
                throw ThingScaleError.BadJson.Refused();
            }
        }
    }

    /// <summary>A text of at most <paramref name="longest"/> characters, or <paramref name="otherwise"/> where there is no such member.</summary>
    public static string? Text(JsonObject body, string name, string? otherwise, int longest = LongestText) =>
        !body.TryGetPropertyValue(name, out var node) ? otherwise
        : node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length <= longest ? text
        : throw ThingScaleError.BadJson.Refused();

    /// <summary>A flag; also in quotes, as v1 wrote it.</summary>
    public static bool Flag(JsonObject body, string name, bool otherwise)
    {
        if (!body.TryGetPropertyValue(name, out var node))
        {
            return otherwise;
        }

        return node?.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when bool.TryParse(node.GetValue<string>(), out var flag) => flag,
            _ => throw ThingScaleError.BadJson.Refused(),
        };
    }

    /// <summary>A channel's number, null for none, or <paramref name="otherwise"/> where there is no such member.</summary>
    public static int? Channel(JsonObject body, string name, int? otherwise) =>
        !body.TryGetPropertyValue(name, out var node) ? otherwise
        : node is null ? null
        : node is JsonValue value && value.TryGetValue<int>(out var number) && number >= 0 ? number
        : throw ThingScaleError.BadJson.Refused();
}
