using System.Text.Json.Serialization;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>
/// A client between handshake and disconnect. It is a document, so that its next request may come to any instance, and survives a restart of all of them. What is for it is no part of it: that is read from
/// the change log behind its cursor.
/// </summary>
internal sealed record RealtimeSession
{
    /// <summary>The user.</summary>
    public required string Owner { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>What the URLs in its notifications begin with.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>The system of units that it has asked for: imperial or metric, or null for values as they are.</summary>
    public string? System { get; init; }

    [JsonIgnore]
    public Audience Audience => new(BaseUrl, System);

    /// <summary>Milliseconds that a connect waits where it does not say.</summary>
    public int Timeout { get; init; }

    /// <summary>Whether the client says with each connect what it got last (the extension ack of CometD).</summary>
    public bool Acknowledges { get; init; }

    /// <summary>The socket that it gets its notifications on, or null where it polls.</summary>
    public string? Connection { get; init; }

    /// <summary>Its channels, each with the change that it begins behind.</summary>
    public IReadOnlyDictionary<string, long> Subscriptions { get; init; } = new Dictionary<string, long>();

    /// <summary>The last change that was looked at for it while it polls; on a socket, one that was before the socket opened or was renewed.</summary>
    public long Cursor { get; init; }

    /// <summary>The request that waits for it. One that finds another here was superseded.</summary>
    public string? Holder { get; init; }

    public required DateTimeOffset Created { get; init; }
}

/// <summary>What is known of a socket, whichever instance its next message comes to.</summary>
internal sealed record RealtimeConnection
{
    public required string BaseUrl { get; init; }

    /// <summary>The tenant of who opened it, or null where nobody is known yet.</summary>
    public string? Owner { get; init; }

    public string? User { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The hash of the cookie XSRF-TOKEN where cookies say who it is: the handshake must repeat it, for pages of other sites have the browser send cookies too.</summary>
    public string? Proof { get; init; }

    /// <summary>The client id of its session.</summary>
    public string? Session { get; init; }
}

/// <summary>A group of sockets that listen to a channel, and get URLs of one host and values of one system of units.</summary>
internal sealed record RealtimeGroup(string Channel, string BaseUrl, string? System = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RealtimeSession))]
[JsonSerializable(typeof(RealtimeConnection))]
[JsonSerializable(typeof(RealtimeGroup))]
internal sealed partial class RealtimeJson : JsonSerializerContext;
