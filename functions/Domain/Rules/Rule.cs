using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Rules;

/// <summary>Which devices a rule watches: all that every given member fits.</summary>
/// <param name="Device">A device's id, or null.</param>
/// <param name="Group">A group's name, or null.</param>
/// <param name="Type">A device type, or null.</param>
/// <param name="Member">A number among the twin's fragments, or null.</param>
public sealed record RuleScope(string? Device = null, string? Group = null, string? Type = null, RuleMember? Member = null);

/// <summary>A whole number that a member of one of the twin's fragments must be.</summary>
/// <param name="Fragment">The fragment's name.</param>
/// <param name="Name">The member's name in it.</param>
/// <param name="Value">What it must be.</param>
public sealed record RuleMember(string Fragment, string Name, long Value)
{
    internal bool Fits(DeviceTwin device) =>
        device.Fragments[Fragment] is JsonObject fragment
        && fragment[Name] is JsonValue value
        && value.TryGetValue<long>(out var number)
        && number == Value;
}

/// <summary>The alarm that a rule raises when its threshold is crossed, and clears when that is over.</summary>
/// <param name="Type">The alarm's type; a device has one active alarm of a type.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">What is wrong, for people; null for a sentence made from the rule.</param>
public sealed record RuleAlarm(string Type, AlarmSeverity Severity, string? Text = null);

/// <summary>A threshold on a measurement, or on its silence.</summary>
public sealed record Rule
{
    /// <summary>A decimal string of at most 53 bits that grows with time; that of a vendor's API is of this API's making.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public bool Enabled { get; init; } = true;

    public RuleScope Scope { get; init; } = new();

    public required string Measurement { get; init; }

    public string Field { get; init; } = Readings.ValueField;

    /// <summary>In the place of measurement and field, which are made from it: the way to the value in the payload, a <see cref="RulePath"/>; else null.</summary>
    public string? Path { get; init; }

    /// <summary>When the threshold is crossed; null for a rule of silence.</summary>
    public RuleCondition? Condition { get; init; }

    /// <summary>For how many seconds of device time the condition must have held; 0 for at once.</summary>
    public double ForSeconds { get; init; }

    /// <summary>
    /// After how many seconds without a value a rule of silence is crossed; null for a rule with a condition. They are counted on the device's time, from its newest value, the device's making or
    /// <see cref="Since"/>, whichever is latest, and compared with the cloud's clock: a value that comes late counts from when it was measured.
    /// </summary>
    public double? SilenceSeconds { get; init; }

    public RuleAlarm? Alarm { get; init; }

    /// <summary>The dialect that it was made by, and whose form its webhook has; null for our own.</summary>
    public string? Dialect { get; init; }

    /// <summary>What the dialect keeps with it.</summary>
    public JsonObject? Fragments { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    /// <summary>1 and up, with each change of what it watches: then it begins anew with every device.</summary>
    public long Version { get; init; } = 1;

    /// <summary>When this version began.</summary>
    public DateTimeOffset Since { get; init; }

    [JsonIgnore]
    public long Duration => (long)(ForSeconds * 1e9);

    /// <summary>In nanoseconds; 0 for a rule with a condition.</summary>
    [JsonIgnore]
    public long Silence => (long)((SilenceSeconds ?? 0) * 1e9);
}

/// <summary>How a rule stands with a device, as stored: written when that changes, and not with each value.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Version">The rule's version: the state of another one counts no more.</param>
/// <param name="Source">The device's id.</param>
/// <param name="Newest">As <see cref="Crossing.Newest"/>.</param>
/// <param name="Active">As <see cref="Crossing.Active"/>.</param>
/// <param name="Since">As <see cref="Crossing.Since"/>.</param>
/// <param name="Value">The value that brought the state about; null for silence.</param>
/// <param name="Sequence">The place of the change among the tenant's.</param>
/// <param name="Status">"pending" until the change's effects are done, then "told": an alarm, an event.</param>
/// <param name="At">The time of the change that is told, in nanoseconds since 1970; null where it is that of the newest value.</param>
/// <param name="Reason">Why it ended where no value has ended it, one of <see cref="EndReasons"/>; else null.</param>
public sealed record RuleStateDocument(
    string Rule,
    long Version,
    string Source,
    long Newest,
    bool Active,
    long? Since,
    JsonNode? Value,
    long Sequence,
    string Status,
    long? At = null,
    string? Reason = null
)
{
    public const string Pending = "pending";
    public const string Told = "told";

    /// <summary>The document's id: each version of a rule has states of its own.</summary>
    [JsonIgnore]
    public string Id => $"{Rule}!{Version}!{Source}";
}

/// <summary>Why a crossing is over.</summary>
public static class EndReasons
{
    /// <summary>A value has come back over the threshold, or broken the silence.</summary>
    public const string Value = "value";

    /// <summary>The rule was deleted.</summary>
    public const string Deleted = "deleted";

    /// <summary>The rule was disabled.</summary>
    public const string Disabled = "disabled";

    /// <summary>The rule watches something else, or has another alarm.</summary>
    public const string Changed = "changed";

    /// <summary>The device is not one of those that the rule watches any more.</summary>
    public const string Scope = "scope";
}

/// <summary>A version of a rule that is over, until all that it has raised is cleared.</summary>
/// <param name="Rule">The rule as it was.</param>
/// <param name="Reason">Why, one of <see cref="EndReasons"/>.</param>
/// <param name="Time">When.</param>
public sealed record EndedRule(Rule Rule, string Reason, DateTimeOffset Time);

/// <summary>How often a tenant's rules and their states have changed: each commit of either replaces it under its entity tag.</summary>
/// <param name="Rules">The last change of a rule.</param>
/// <param name="States">The last change of a state.</param>
public sealed record RuleHead(long Rules, long States);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Rule))]
[JsonSerializable(typeof(RuleStateDocument))]
[JsonSerializable(typeof(RuleChange))]
[JsonSerializable(typeof(RuleHead))]
[JsonSerializable(typeof(EndedRule))]
[JsonSerializable(typeof(RuleCondition))]
public sealed partial class RuleJson : JsonSerializerContext
{
    public static JsonObject ToObject(Rule rule) => JsonSerializer.SerializeToNode(rule, Default.Rule)!.AsObject();
}
