using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Domain.Events;

/// <summary>Events in the structured JSON format of CloudEvents 1.0 (github.com/cloudevents/spec, formats/json-format.md).</summary>
public static class CloudEventJson
{
    public const string ContentType = "application/cloudevents+json";

    /// <summary>The event as an object of its own; its data is copied.</summary>
    public static JsonObject Write(CloudEvent cloudEvent) =>
        new()
        {
            ["specversion"] = "1.0",
            ["id"] = cloudEvent.Id,
            ["source"] = cloudEvent.Source,
            ["type"] = cloudEvent.Type,
            ["subject"] = cloudEvent.Subject,
            ["time"] = cloudEvent.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["datacontenttype"] = "application/json",
            ["data"] = cloudEvent.Data.DeepClone(),
        };

    /// <summary>Reads an event; attributes that this program does not know are left out.</summary>
    /// <exception cref="FormatException">It is no CloudEvent 1.0, or its data is no JSON object.</exception>
    public static CloudEvent Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Text(json, "specversion") != "1.0")
        {
            throw new FormatException("Not a CloudEvents 1.0 event in JSON.");
        }

        return new CloudEvent(
            Text(json, "id") ?? throw Missing("id"),
            Text(json, "source") ?? throw Missing("source"),
            Text(json, "type") ?? throw Missing("type"),
            Text(json, "subject") ?? "",
            Time(json),
            Data(json)
        );
    }

    private static DateTimeOffset Time(JsonElement json) =>
        DateTimeOffset.TryParse(Text(json, "time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : throw Missing("time");

    private static JsonObject Data(JsonElement json)
    {
        if (!json.TryGetProperty("data", out var data))
        {
            return [];
        }

        return data.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(data.Clone())!
            : throw new FormatException("The event's data is not a JSON object.");
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static FormatException Missing(string name) => new($"The event has no valid attribute '{name}'.");
}
