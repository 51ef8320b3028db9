using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.DeviceEvents;

namespace Serverless.Dialects.Cumulocity.Events;

/// <summary>Events as the API writes them (reference 1.6).</summary>
internal static class EventJson
{
    /// <summary>The member that tells of an event's file.</summary>
    public const string Attachment = "c8y_IsBinary";

    /// <summary>The members that are not its sender's own.</summary>
    public static readonly IReadOnlyList<string> Own =
    [
        "id",
        "self",
        "source",
        "type",
        "text",
        "time",
        "creationTime",
        "lastUpdated",
        Attachment,
    ];

    /// <summary>An event.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="urls">The URLs that things are known by.</param>
    /// <param name="sourceName">The name of its source, where it is known.</param>
    public static JsonObject Of(DeviceEvent happened, SelfUrls urls, string? sourceName = null)
    {
        var source = new JsonObject { ["self"] = urls.ManagedObject(happened.Source), ["id"] = happened.Source };
        if (sourceName is not null)
        {
            source["name"] = sourceName;
        }

        var document = new JsonObject
        {
            ["id"] = happened.Id,
            ["self"] = urls.Of($"/event/events/{happened.Id}"),
            ["source"] = source,
            ["type"] = happened.Type,
            ["text"] = happened.Text,
            ["time"] = Times.Of(happened.Time),
            ["creationTime"] = Times.Of(happened.Created),
            ["lastUpdated"] = Times.Of(happened.Updated),
        };
        foreach (var (name, value) in happened.Fragments)
        {
            document[name] = value?.DeepClone();
        }

        if (happened.Attachment is { } file)
        {
            document[Attachment] = new JsonObject
            {
                ["name"] = file.Name,
                ["length"] = file.Length,
                ["type"] = file.Type,
            };
        }

        return document;
    }

    /// <summary>A change of the kind events as the event that it tells of; not of a deletion, which tells the id alone.</summary>
    public static DeviceEvent Read(JsonObject change) => change.Deserialize(DeviceEventJson.Default.DeviceEvent)!;

    /// <summary>A file of an event: {"self","name","type","source"}, source being the event's id.</summary>
    public static JsonObject OfFile(DeviceEvent happened, SelfUrls urls) =>
        new()
        {
            ["self"] = urls.Of($"/event/events/{happened.Id}/binaries"),
            ["name"] = happened.Attachment!.Name,
            ["type"] = happened.Attachment.Type,
            ["source"] = happened.Id,
        };
}
