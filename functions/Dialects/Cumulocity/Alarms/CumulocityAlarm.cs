using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Alarms;

namespace Serverless.Dialects.Cumulocity.Alarms;

/// <summary>An alarm as the API writes it (reference 1.7).</summary>
internal static class CumulocityAlarm
{
    public const string Type = "alarm";

    /// <summary>The members that are the alarm's own; every other one is the users'.</summary>
    public static readonly IReadOnlySet<string> Members = new HashSet<string>
    {
        "id",
        "self",
        "source",
        "type",
        "text",
        "severity",
        "status",
        "time",
        "creationTime",
        "lastUpdated",
        "count",
        "firstOccurrenceTime",
        "history",
    };

    /// <param name="alarm">The alarm.</param>
    /// <param name="urls">The URLs that things are known by.</param>
    /// <param name="deviceName">The name of its device, or null where it is not known.</param>
    public static JsonObject Of(Alarm alarm, SelfUrls urls, string? deviceName = null)
    {
        var source = new JsonObject { ["id"] = alarm.Device, ["self"] = urls.ManagedObject(alarm.Device) };
        if (deviceName is not null)
        {
            source["name"] = deviceName;
        }

        var shown = new JsonObject
        {
            ["id"] = alarm.Id,
            ["self"] = SelfOf(alarm, urls),
            ["source"] = source,
            ["type"] = alarm.Type,
            ["text"] = alarm.Text,
            ["severity"] = alarm.Severity.ToString().ToUpperInvariant(),
            ["status"] = alarm.Status.ToString().ToUpperInvariant(),
            ["time"] = Times.Of(alarm.Last),
            ["creationTime"] = Times.Of(alarm.Created),
            ["lastUpdated"] = Times.Of(alarm.Updated),
            ["count"] = alarm.Count,
        };
        if (alarm.Count > 1)
        {
            shown["firstOccurrenceTime"] = Times.Of(alarm.First);
        }

        shown["history"] = new JsonObject
        {
            ["auditRecords"] = new JsonArray(),
            ["self"] = urls.Of($"/audit/auditRecords?source={alarm.Id}"),
        };
        foreach (var (name, value) in alarm.Fragments)
        {
            shown.TryAdd(name, value?.DeepClone());
        }

        return shown;
    }

    public static string SelfOf(Alarm alarm, SelfUrls urls) => urls.Of($"/alarm/alarms/{alarm.Id}");
}
