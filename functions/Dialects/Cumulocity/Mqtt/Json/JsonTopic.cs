using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Mqtt.Json;

/// <summary>What is done with a resource.</summary>
internal enum JsonAction
{
    Create,
    CreateBulk,
    Update,
    Delete,
}

/// <summary>A topic of JSON via MQTT: [t|q|c/]api/resource/action[/id], as event/events/create or inventory/managedObjects/update/{external id}.</summary>
/// <param name="Mode">What is done with what is sent.</param>
/// <param name="Resource">Such as event/events.</param>
/// <param name="Action">What is done.</param>
/// <param name="Id">The id behind the action, or in front of childDevices; null where the topic names none.</param>
internal sealed record JsonTopic(ProcessingMode Mode, string Resource, JsonAction Action, string? Id)
{
    public const string Events = "event/events";
    public const string Alarms = "alarm/alarms";
    public const string Measurements = "measurement/measurements";
    public const string Objects = "inventory/managedObjects";
    public const string Children = "inventory/managedObjects/childDevices";

    // What the vendor supports (its documentation's "Supported endpoint").
    private static readonly HashSet<(string, JsonAction)> Supported =
    [
        (Events, JsonAction.Create),
        (Events, JsonAction.CreateBulk),
        (Events, JsonAction.Update),
        (Events, JsonAction.Delete),
        (Alarms, JsonAction.Create),
        (Alarms, JsonAction.CreateBulk),
        (Alarms, JsonAction.Update),
        (Measurements, JsonAction.Create),
        (Measurements, JsonAction.CreateBulk),
        (Measurements, JsonAction.Delete),
        (Objects, JsonAction.Create),
        (Objects, JsonAction.Update),
        (Children, JsonAction.Create),
    ];

    /// <summary>Whether a topic is of this kind, also where it can do nothing.</summary>
    public static bool IsMeant(string topic) => Levels(topic) is [_, "event" or "alarm" or "measurement" or "inventory", ..];

    /// <returns>The topic, or null where there is no such resource or action.</returns>
    public static JsonTopic? Parse(string topic)
    {
        var levels = Levels(topic);
        var mode = ModeOf(levels[0]);
        var (resource, action, id) = levels[1..] switch
        {
            [var api, var name, var word] => ($"{api}/{name}", word, (string?)null),
            ["inventory", "managedObjects", { Length: > 0 } parent, "childDevices", var word] => (Children, word, parent),

            // An external id may have slashes.
            [var api, var name, var word, .. { Length: > 0 } rest] when rest[0].Length > 0 => (
                $"{api}/{name}",
                word,
                string.Join('/', rest)
            ),
            _ => ("", "", null),
        };
        return Find(action) is { } known && Supported.Contains((resource, known)) ? new JsonTopic(mode, resource, known, id) : null;
    }

    /// <summary>The processing mode that the letter in front of a topic stands for.</summary>
    public static ProcessingMode ModeOf(string letter) =>
        letter switch
        {
            "t" => ProcessingMode.Transient,
            "q" => ProcessingMode.Quiescent,
            "c" => ProcessingMode.Cep,
            _ => ProcessingMode.Persistent,
        };

    /// <summary>The levels, with the letter of the mode in front; "s" where the topic has none.</summary>
    private static string[] Levels(string topic)
    {
        var levels = topic.TrimStart('/').Split('/');
        return levels[0] is "t" or "q" or "c" or "s" ? levels : ["s", .. levels];
    }

    private static JsonAction? Find(string word) =>
        word switch
        {
            "create" => JsonAction.Create,
            "createBulk" => JsonAction.CreateBulk,
            "update" => JsonAction.Update,
            "delete" => JsonAction.Delete,
            _ => null,
        };
}
