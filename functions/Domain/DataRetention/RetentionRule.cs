using System.Text.Json.Serialization;

namespace Serverless.Domain.DataRetention;

/// <summary>The kinds of data that a rule may be of.</summary>
public enum RetainedData
{
    Alarm,
    Audit,
    BulkOperation,
    Event,
    Measurement,
    Operation,
}

/// <summary>How long data of some kind is kept. Each rule is enforced by itself: data that two rules are of goes by the shorter.</summary>
public sealed record RetentionRule
{
    /// <summary>A decimal string of at most 53 bits that grows with time.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of data; null for every kind.</summary>
    public RetainedData? Data { get; init; }

    /// <summary>A member of the users' own that the data has; null for any. Of events, measurements and operations.</summary>
    public string? Fragment { get; init; }

    /// <summary>The type that the data has; null for any. Of alarms, audit records, events and measurements.</summary>
    public string? Type { get; init; }

    /// <summary>The id of the device or other object that the data is of; null for any.</summary>
    public string? Source { get; init; }

    /// <summary>The age in days at which the data goes, 1 to <see cref="OldestDays"/>.</summary>
    public required int Days { get; init; }

    /// <summary>False for a rule that only the cloud's operator may change.</summary>
    public bool Editable { get; init; } = true;

    /// <summary>A hundred years.</summary>
    public const int OldestDays = 36_500;

    /// <summary>Whether it is of a kind of data.</summary>
    public bool IsOf(RetainedData data) => Data is null || Data == data;
}

/// <summary>Deletes one kind of data that is too old.</summary>
public interface IRetainedData
{
    RetainedData Data { get; }

    /// <summary>Deletes what a rule is of and is of before a time; what is gone already is no error. It may run on several instances at once.</summary>
    Task DeleteAsync(string tenant, RetentionRule rule, DateTimeOffset before, CancellationToken cancellation);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RetentionRule))]
internal sealed partial class RetentionRuleJson : JsonSerializerContext;
