using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Serverless.Domain.Events;

namespace Serverless.Domain.Webhooks;

/// <summary>What has become of a delivery.</summary>
public enum DeliveryState
{
    /// <summary>It is tried, or waits to be.</summary>
    Pending,

    /// <summary>The endpoint has taken it (2xx).</summary>
    Delivered,

    /// <summary>It was given up; it can be replayed.</summary>
    DeadLetter,
}

/// <summary>One request to an endpoint. One with neither status nor failure is under way, or nobody knows what became of it: the process has ended meanwhile.</summary>
/// <param name="Number">Counts all attempts of the delivery, from 1.</param>
/// <param name="Time">When it began.</param>
/// <param name="Status">The answer's HTTP status, or null where there was none.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Failure">Why it failed, or null.</param>
public sealed record DeliveryAttempt(
    int Number,
    DateTimeOffset Time,
    int? Status = null,
    long? Milliseconds = null,
    string? Failure = null
);

/// <summary>An event on its way to a webhook.</summary>
/// <remarks>Stored members are named as the stores' indexes are: source, status and time.</remarks>
public sealed record Delivery
{
    /// <summary>A hash of the event's source and id and of the webhook: the same event again is the same delivery. Also the webhook-id of every attempt.</summary>
    public required string Id { get; init; }

    [JsonPropertyName("source")]
    public required string Webhook { get; init; }

    [JsonPropertyName("status")]
    public DeliveryState State { get; init; }

    /// <summary>When it was made.</summary>
    [JsonPropertyName("time")]
    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    /// <summary>When the next attempt may be made, in milliseconds since 1970, while it is pending. An attempt that is under way has moved it on by its lease.</summary>
    public long? Due { get; init; }

    [JsonIgnore]
    public DateTimeOffset DueAt => DateTimeOffset.FromUnixTimeMilliseconds(Due ?? 0);

    /// <summary>When it is given up at the latest, while it is pending.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>How many attempts of the schedule have been made; a replay begins again at 0.</summary>
    public int Attempts { get; init; }

    /// <summary>The newest attempts, the oldest of them first.</summary>
    public IReadOnlyList<DeliveryAttempt> History { get; init; } = [];

    /// <summary>Why it was given up.</summary>
    public string? Reason { get; init; }

    public required string EventId { get; init; }

    public required string EventType { get; init; }

    public required string EventSubject { get; init; }

    /// <summary>The event in CloudEvents' JSON, until it is delivered.</summary>
    public JsonObject? Event { get; init; }

    /// <summary>The most attempts that the history keeps.</summary>
    public const int LongestHistory = 50;

    public static string IdOf(CloudEvent cloudEvent, string webhook)
    {
        var identity = JsonSerializer.SerializeToUtf8Bytes(new[] { cloudEvent.Source, cloudEvent.Id, webhook });
        return Convert.ToHexStringLower(SHA256.HashData(identity).AsSpan(0, 16));
    }

    /// <summary>The delivery with an attempt begun, which nobody else makes until the lease ends.</summary>
    public Delivery Begin(DateTimeOffset now, TimeSpan lease)
    {
        var number = (History.Count == 0 ? 0 : History[^1].Number) + 1;
        return this with
        {
            Due = (now + lease).ToUnixTimeMilliseconds(),
            Attempts = Attempts + 1,
            Updated = now,
            History = [.. History.TakeLast(LongestHistory - 1), new DeliveryAttempt(number, now)],
        };
    }

    /// <summary>The delivery with what became of one of its attempts.</summary>
    public Delivery Record(DeliveryAttempt attempt, DateTimeOffset now) =>
        this with
        {
            Updated = now,
            History = [.. History.Select(known => known.Number == attempt.Number ? attempt : known)],
        };

    /// <summary>The delivery, ended well; the event itself is no longer needed.</summary>
    public Delivery End() => this with { State = DeliveryState.Delivered, Due = null, Reason = null, Event = null };

    public Delivery GiveUp(string reason, DateTimeOffset now) =>
        this with
        {
            State = DeliveryState.DeadLetter,
            Due = null,
            Reason = reason,
            Updated = now,
        };
}
