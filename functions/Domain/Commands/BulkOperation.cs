using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Serverless.Domain.Commands;

/// <summary>How far a bulk operation is.</summary>
public enum BulkStatus
{
    /// <summary>It waits for its start.</summary>
    Active,

    /// <summary>Its commands are being given, or not all of them have ended.</summary>
    InProgress,

    /// <summary>All of its commands have ended.</summary>
    Completed,

    /// <summary>Somebody has cancelled it.</summary>
    Deleted,
}

/// <summary>One command for every device of a group, given one after the other.</summary>
public sealed record BulkOperation
{
    /// <summary>A decimal string of at most 53 bits that grows with time.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the group whose devices get it; null where <see cref="FailedParent"/> says who does.</summary>
    public string? Group { get; init; }

    /// <summary>The id of the bulk operation whose devices get it again where their commands have failed.</summary>
    public string? FailedParent { get; init; }

    /// <summary>When the first command is given.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Seconds from one command to the next.</summary>
    public required double RampSeconds { get; init; }

    /// <summary>What each device is told to do.</summary>
    public required JsonObject Prototype { get; init; }

    /// <summary>The dialect that it came by, and its commands with it.</summary>
    public required string Dialect { get; init; }

    public string? User { get; init; }

    public BulkStatus Status { get; init; }

    /// <summary>The ids of the devices, as they were when it began; null before.</summary>
    public IReadOnlyList<string>? Devices { get; init; }

    /// <summary>How many of <see cref="Devices"/> have had their turn.</summary>
    public int Given { get; init; }

    /// <summary>How many of those take no commands, or were gone.</summary>
    public int Skipped { get; init; }

    /// <summary>When something is to be done with it next, in milliseconds since 1970; null where it has ended.</summary>
    public long? Due { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset Updated { get; init; }

    [JsonIgnore]
    public bool IsOpen => Status is BulkStatus.Active or BulkStatus.InProgress;
}

/// <summary>How many commands of a bulk operation are how far.</summary>
public sealed record BulkProgress(long Pending, long Executing, long Successful, long Failed)
{
    public long All => Pending + Executing + Successful + Failed;
}

/// <summary>What a bulk operation is made from.</summary>
public sealed record NewBulkOperation(string Dialect, JsonObject Prototype, double RampSeconds)
{
    public string? Group { get; init; }

    public string? FailedParent { get; init; }

    /// <summary>When it starts, or null for at once.</summary>
    public DateTimeOffset? Start { get; init; }

    public string? User { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(BulkOperation))]
internal sealed partial class BulkJson : JsonSerializerContext;
