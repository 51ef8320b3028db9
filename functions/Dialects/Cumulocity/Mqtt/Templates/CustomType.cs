using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

namespace Serverless.Dialects.Cumulocity.Mqtt.Templates;

/// <summary>The types of values in templates of a device's own.</summary>
internal static class CustomType
{
    /// <summary>A type whose value is nothing but its being there: an empty object.</summary>
    public const string Flag = "FLAG";

    public static readonly IReadOnlySet<string> All = new HashSet<string>
    {
        "STRING",
        "DATE",
        "NUMBER",
        "INTEGER",
        "UNSIGNED",
        "BOOLEAN",
        Flag,
        "SEVERITY",
        "ALARMSTATUS",
        "OPERATIONSTATUS",
    };

    /// <summary>The value as JSON.</summary>
    /// <param name="call">The row that it is in.</param>
    /// <param name="type">Its type; what is none is taken for a STRING.</param>
    /// <param name="text">The value, or null where it is empty: now for a DATE, else JSON's null.</param>
    /// <exception cref="SmartRestException">The value is not of the type.</exception>
    public static JsonNode? Read(TemplateCall call, string type, string? text)
    {
        type = type.ToUpperInvariant();
        return (type, text) switch
        {
            (Flag, _) => new JsonObject(),
            ("DATE", null) => TemplateCall.Format(call.Door.Now()),
            ("DATE", { } time) => call.ToTime(time),
            (_, null) => null,
            ("NUMBER", { } number) => call.ToNumber(number, type),
            ("INTEGER", { } number) => long.TryParse(number, out var whole) ? whole : throw Wrong(call, type, number),
            ("UNSIGNED", { } number) => ulong.TryParse(number, out var whole) ? whole : throw Wrong(call, type, number),
            ("BOOLEAN", { } word) => bool.TryParse(word, out var flag) ? flag : throw Wrong(call, type, word),
            ("SEVERITY", { } word) => OneOf(call, type, word, "CRITICAL", "MAJOR", "MINOR", "WARNING"),
            ("ALARMSTATUS", { } word) => OneOf(call, type, word, "ACTIVE", "ACKNOWLEDGED", "CLEARED"),
            ("OPERATIONSTATUS", { } word) => OneOf(call, type, word, "PENDING", "EXECUTING", "SUCCESSFUL", "FAILED"),
            _ => text,
        };
    }

    private static JsonNode OneOf(TemplateCall call, string type, string word, params string[] words) =>
        words.Contains(word.ToUpperInvariant()) ? word.ToUpperInvariant() : throw Wrong(call, type, word);

    private static SmartRestException Wrong(TemplateCall call, string type, string text) =>
        call.Wrong($"Value is not a {type}: {(text.Length <= 64 ? text : text[..64])}");
}
