using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Time;

namespace Serverless.Dialects.Cumulocity.Events;

/// <summary>Reads events as they are sent (reference 1.6).</summary>
internal static class EventParser
{
    /// <summary>The most characters of a type.</summary>
    public const int LongestType = 1024;

    /// <summary>A new event.</summary>
    /// <exception cref="CumulocityException">A member is missing or wrong; the message names it.</exception>
    public static NewEvent Read(JsonObject body)
    {
        var source = SourceObjects.IdIn(body);
        var missing = new[] { "source", "text", "time", "type" }
            .Where(name => name == "source" ? source is null : body[name] is null)
            .ToList();
        if (missing.Count > 0)
        {
            throw CumulocityErrors.MissingFields(missing);
        }

        var type = TextOf(body, "type");
        return type.Length is 0 or > LongestType
            ? throw Wrong($"type has 1 to {LongestType} characters.")
            : new NewEvent(source!, type, TextOf(body, "text"), TimeOf(body), FragmentsOf(body));
    }

    /// <summary>What a change says: the text, or null where it stays, and the members of the sender's own.</summary>
    /// <exception cref="CumulocityException">The text is none.</exception>
    public static (string? Text, JsonObject Fragments) ReadChange(JsonObject body) =>
        (body.ContainsKey("text") ? TextOf(body, "text") : null, FragmentsOf(body));

    private static JsonObject FragmentsOf(JsonObject body)
    {
        var fragments = new JsonObject();
        foreach (var (name, value) in body.Where(member => !EventJson.Own.Contains(member.Key)))
        {
            fragments[name] = value?.DeepClone();
        }

        return fragments;
    }

    private static string TextOf(JsonObject body, string member) =>
        body[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Wrong($"{member} is a string.");

    private static DateTimeOffset TimeOf(JsonObject body) =>
        body["time"] is JsonValue value && value.TryGetValue<string>(out var text) && Iso8601.TryParse(text, out var time)
            ? Times.DateOf(time)
            : throw Wrong("time is a time in ISO 8601 between the years 1678 and 2261, such as 2020-03-19T12:03:27.845Z.");

    private static CumulocityException Wrong(string message) => CumulocityErrors.Invalid("event", message);
}
