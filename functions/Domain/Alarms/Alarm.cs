using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Serverless.Domain.Alarms;

/// <summary>How bad it is, the worst first.</summary>
public enum AlarmSeverity
{
    Critical,
    Major,
    Minor,
    Warning,
}

/// <summary>Whether it is still so.</summary>
public enum AlarmStatus
{
    /// <summary>It is so, and nobody has seen to it.</summary>
    Active,

    /// <summary>It is so, and somebody sees to it.</summary>
    Acknowledged,

    /// <summary>It is so no longer.</summary>
    Cleared,
}

/// <summary>
/// Something is wrong with a device: one model behind Cumulocity's alarms, Thingsee's alerts and our own. A device has at most one open alarm (one that is not cleared) of a type: what is raised while
/// there is one counts that one up.
/// </summary>
public sealed record Alarm
{
    /// <summary>A decimal string of at most 53 bits that grows with time.</summary>
    public required string Id { get; init; }

    /// <summary>The device's id.</summary>
    public required string Device { get; init; }

    /// <summary>What is wrong, as a word for programs.</summary>
    public required string Type { get; init; }

    public AlarmSeverity Severity { get; init; }

    public AlarmStatus Status { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public string Text { get; init; } = "";

    /// <summary>When it was so first.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>When it was so last.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>When it ended, or null while it is open.</summary>
    public DateTimeOffset? Cleared { get; init; }

    /// <summary>How often it was raised.</summary>
    public int Count { get; init; } = 1;

    /// <summary>When it was written down first.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When it was last written.</summary>
    public DateTimeOffset Updated { get; init; }

    /// <summary>Members of the users' own, as they wrote them.</summary>
    public JsonObject Fragments { get; init; } = [];

    [JsonIgnore]
    public bool IsOpen => Status != AlarmStatus.Cleared;
}

/// <summary>What an alarm is raised with.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Type">What is wrong, as a word for programs.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">What is wrong, for people.</param>
/// <param name="Time">When it was so.</param>
public sealed record NewAlarm(string Device, string Type, AlarmSeverity Severity, string Text, DateTimeOffset Time)
{
    /// <summary>What it is from the start.</summary>
    public AlarmStatus Status { get; init; }

    /// <summary>Members of the users' own.</summary>
    public JsonObject? Fragments { get; init; }

    /// <summary>
    /// Whether it counts an open alarm up whatever its time is: so for what a person or program raises. What comes from a device's messages, which may come twice, counts only where it is newer than
    /// what is known.
    /// </summary>
    public bool AlwaysCounts { get; init; }
}

/// <summary>What an open alarm is set to, and made from where there is none; a null member stays as it is, or takes the default.</summary>
public sealed record AlarmUpsert(string Device, string Type)
{
    public AlarmSeverity? Severity { get; init; }

    public AlarmStatus? Status { get; init; }

    public string? Text { get; init; }

    /// <summary>When it was so; only where there is none yet.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Members of the users' own to set; null removes one.</summary>
    public JsonObject Fragments { get; init; } = [];

    /// <summary>Whether an open alarm counts up.</summary>
    public bool Counts { get; init; }
}

/// <summary>An index entry: the open alarm of a device and type.</summary>
public sealed record ActiveAlarm(string Alarm);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Alarm))]
[JsonSerializable(typeof(ActiveAlarm))]
public sealed partial class AlarmJson : JsonSerializerContext
{
    /// <summary>The alarm as a JSON object, as changes have it.</summary>
    public static JsonObject ToObject(Alarm alarm) => JsonSerializer.SerializeToNode(alarm, Default.Alarm)!.AsObject();

    /// <summary>The alarm of a change's body.</summary>
    public static Alarm OfObject(JsonObject body) => body.Deserialize(Default.Alarm)!;
}
