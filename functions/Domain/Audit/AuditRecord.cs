using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Serverless.Domain.Audit;

/// <summary>Who did something: a user, and the application that he used where it is known. Both are null for the cloud itself.</summary>
public sealed record AuditActor(string? User, string? Application = null)
{
    /// <summary>The cloud itself.</summary>
    public static AuditActor Cloud { get; } = new(null, null);
}

/// <summary>A member that was changed.</summary>
/// <param name="Attribute">Its name.</param>
/// <param name="PreviousValue">What it was, or null where it was not there.</param>
/// <param name="NewValue">What it is, or null where it is there no longer.</param>
public sealed record AuditChange(string Attribute, string? PreviousValue, string? NewValue);

/// <summary>That somebody did something, for whoever asks later. Records are never changed.</summary>
public sealed record AuditRecord
{
    /// <summary>A decimal string of at most 53 bits that grows with time.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of thing it was done to, such as Alarm or Operation.</summary>
    public required string Type { get; init; }

    /// <summary>What was done, in a few words.</summary>
    public required string Activity { get; init; }

    /// <summary>What was done, with the details.</summary>
    public required string Text { get; init; }

    /// <summary>The id of the thing.</summary>
    public required string Source { get; init; }

    /// <summary>When it was done.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When it was written down.</summary>
    public required DateTimeOffset Created { get; init; }

    public string? User { get; init; }

    public string? Application { get; init; }

    /// <summary>How grave it is: CRITICAL, MAJOR, MINOR, WARNING or INFORMATION; null where nobody has said.</summary>
    public string? Severity { get; init; }

    public IReadOnlyList<AuditChange> Changes { get; init; } = [];

    /// <summary>Members of the writer's own, as he wrote them.</summary>
    public JsonObject? Fragments { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AuditRecord))]
public sealed partial class AuditJson : JsonSerializerContext
{
    public static JsonObject ToObject(AuditRecord record) => JsonSerializer.SerializeToNode(record, Default.AuditRecord)!.AsObject();
}
