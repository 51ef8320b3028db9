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
    Active,
    Cleared,
}

/// <summary>Something is wrong with a device: one model behind Cumulocity's alarms, Thingsee's alerts and our own. A device has at most one active alarm of a type.</summary>
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

    /// <summary>When it ended, or null while it is active.</summary>
    public DateTimeOffset? Cleared { get; init; }

    /// <summary>How often it was raised.</summary>
    public int Count { get; init; } = 1;
}

/// <summary>What an alarm is raised with.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Type">What is wrong, as a word for programs.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">What is wrong, for people.</param>
/// <param name="Time">When it was so.</param>
public sealed record NewAlarm(string Device, string Type, AlarmSeverity Severity, string Text, DateTimeOffset Time);

/// <summary>An index entry: the active alarm of a device and type.</summary>
internal sealed record ActiveAlarm(string Alarm);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Alarm))]
[JsonSerializable(typeof(ActiveAlarm))]
internal sealed partial class AlarmJson : JsonSerializerContext
{
    public static JsonObject ToObject(Alarm alarm) => JsonSerializer.SerializeToNode(alarm, Default.Alarm)!.AsObject();
}
