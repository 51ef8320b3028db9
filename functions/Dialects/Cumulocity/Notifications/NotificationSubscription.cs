using System.Text.Json.Serialization;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>What of a tenant goes to a topic (reference 1.10). Subscriptions of the same name share the topic.</summary>
internal sealed record NotificationSubscription
{
    /// <summary>A decimal string of at most 53 bits that grows with time.</summary>
    public required string Id { get; init; }

    /// <summary><see cref="ObjectContext"/> or <see cref="TenantContext"/>.</summary>
    public required string Context { get; init; }

    /// <summary>The object that it is about; null in the tenant's context.</summary>
    public string? Source { get; init; }

    /// <summary>The topic.</summary>
    public required string Subscription { get; init; }

    /// <summary>The kinds of notifications, or "*".</summary>
    public IReadOnlyList<string> Apis { get; init; } = [];

    public string? TypeFilter { get; init; }

    /// <summary>The only fragments that are told besides the API's own members; all where there is none.</summary>
    public IReadOnlyList<string> FragmentsToCopy { get; init; } = [];

    /// <summary>Whether what happens while no consumer is connected is lost.</summary>
    public bool NonPersistent { get; init; }

    /// <summary>The last change before it was made.</summary>
    public long Since { get; init; }

    public const string ObjectContext = "mo";
    public const string TenantContext = "tenant";
    public const string EveryApi = "*";
    public const string Children = "WithChildren";

    /// <summary>What can be asked for in a context.</summary>
    public static IReadOnlyList<string> ApisOf(string context) =>
        context == TenantContext
            ? ["alarms", "events", "managedobjects", "operations"]
            : ["alarms", "alarmsWithChildren", "events", "eventsWithChildren", "managedobjects", "measurements", "operations"];

    /// <summary>Whether it asks for a kind. "*" is every kind once: what is told with children then comes no second time.</summary>
    public bool Wants(string api) =>
        Apis.Count == 0 || Apis.Contains(EveryApi) ? !api.EndsWith(Children, StringComparison.Ordinal) : Apis.Contains(api);

    /// <summary>What no other subscription has.</summary>
    [JsonIgnore]
    public string Key => Domain.Users.TokenHash.Of($"{Context}\n{Source}\n{Subscription}")[..40];
}

/// <summary>An index entry: the subscription of a source, context and topic.</summary>
internal sealed record SubscriptionEntry(string Id);

/// <summary>Who reads a topic, and how far he is. It stays while nobody is connected, so that nothing is missed.</summary>
internal sealed record NotificationConsumer
{
    /// <summary>The topic.</summary>
    public required string Subscription { get; init; }

    public required string Subscriber { get; init; }

    public bool NonPersistent { get; init; }

    /// <summary>The last change that was looked at: what of it is for this consumer was sent, and is in <see cref="Unacknowledged"/> until it is acknowledged.</summary>
    public long Sent { get; init; }

    /// <summary>What was sent and not acknowledged, by the socket that has it; under "" what is to be sent again.</summary>
    public IReadOnlyDictionary<string, long[]> Unacknowledged { get; init; } = new Dictionary<string, long[]>();

    /// <summary>Its sockets: one, or several where it is shared.</summary>
    public IReadOnlyList<ConsumerSocket> Sockets { get; init; } = [];

    [JsonIgnore]
    public int InFlight => Unacknowledged.Values.Sum(keys => keys.Length);

    /// <summary>The consumer without a socket; what that had and did not acknowledge is sent again.</summary>
    public NotificationConsumer Without(string socket)
    {
        var again = Unacknowledged.GetValueOrDefault("", []).Concat(Unacknowledged.GetValueOrDefault(socket, [])).Order().ToArray();
        var left = Unacknowledged.Where(pair => pair.Key.Length > 0 && pair.Key != socket).ToDictionary();
        if (again.Length > 0)
        {
            left[""] = again;
        }

        return this with
        {
            Sockets = [.. Sockets.Where(one => one.Id != socket)],
            Unacknowledged = left,
        };
    }
}

/// <summary>A socket of a consumer.</summary>
/// <param name="Id">The connection.</param>
/// <param name="BaseUrl">What the URLs in its notifications begin with.</param>
/// <param name="Name">What the client calls itself, or null.</param>
internal sealed record ConsumerSocket(string Id, string BaseUrl, string? Name);

/// <summary>Whose a socket is, whichever instance its next message comes to.</summary>
internal sealed record ConsumerConnection(string Owner, string Consumer);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(NotificationSubscription))]
[JsonSerializable(typeof(SubscriptionEntry))]
[JsonSerializable(typeof(NotificationConsumer))]
[JsonSerializable(typeof(ConsumerConnection))]
internal sealed partial class NotificationsJson : JsonSerializerContext;
