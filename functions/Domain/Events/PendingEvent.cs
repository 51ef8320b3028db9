using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Events;

/// <summary>An event that is committed with what caused it, and that nobody is known to have published yet.</summary>
/// <param name="Event">The event in CloudEvents' JSON.</param>
/// <param name="Due">When whoever looks for what was left publishes it, in milliseconds since 1970: until then whoever committed it does.</param>
/// <param name="Ends">When it is given up, in milliseconds since 1970.</param>
/// <param name="Attempts">How often that has failed.</param>
public sealed record PendingEvent(JsonObject Event, long Due, long Ends, int Attempts = 0)
{
    /// <summary>How long whoever has committed an event has to publish it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>How long an event that cannot be published is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    /// <summary>The write that makes an event pending. It belongs into the commit of the event's cause, in the partition of the tenant; <see cref="EventOutbox"/> does the rest.</summary>
    public static DocumentWrite WriteOf(CloudEvent cloudEvent, DateTimeOffset now)
    {
        var (due, ends) = ((now + Grace).ToUnixTimeMilliseconds(), (now + Kept).ToUnixTimeMilliseconds());
        var pending = new PendingEvent(CloudEventJson.Write(cloudEvent), due, ends);
        return new DocumentWrite(WriteMode.Upsert, Kinds.PendingEvent, IdOf(cloudEvent), BodyOf(pending), Expires: now + Kept);
    }

    /// <summary>The write that takes a pending event back.</summary>
    public static DocumentWrite Withdrawal(CloudEvent cloudEvent) => new(WriteMode.Delete, Kinds.PendingEvent, IdOf(cloudEvent));

    /// <summary>The order of ids is that in which it happened.</summary>
    internal static string IdOf(CloudEvent cloudEvent) =>
        string.Create(CultureInfo.InvariantCulture, $"{cloudEvent.Time.UtcTicks:D19}-{cloudEvent.Identity()}");

    internal static ReadOnlyMemory<byte> BodyOf(PendingEvent pending) => PendingEventJson.Default.PendingEvent.ToBody(pending);

    /// <summary>As it stands after it could not be published once more.</summary>
    internal PendingEvent Postponed(DateTimeOffset now)
    {
        var delay = TimeSpan.FromMinutes(Math.Min(LongestDelay.TotalMinutes, Math.Pow(2, Math.Min(Attempts, 10))));
        return this with { Due = (now + delay).ToUnixTimeMilliseconds(), Attempts = Attempts + 1 };
    }
}

/// <summary>What an event is known by.</summary>
public static class CloudEventIdentity
{
    /// <summary>128 bits of a hash of the event's source and id, in hexadecimal: either may be long and hold any character.</summary>
    public static string Identity(this CloudEvent cloudEvent)
    {
        var identity = JsonSerializer.SerializeToUtf8Bytes(new[] { cloudEvent.Source, cloudEvent.Id });
        return Convert.ToHexStringLower(SHA256.HashData(identity).AsSpan(0, 16));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PendingEvent))]
internal sealed partial class PendingEventJson : JsonSerializerContext;
