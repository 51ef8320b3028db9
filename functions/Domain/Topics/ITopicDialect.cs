using Serverless.Domain.Devices;

namespace Serverless.Domain.Topics;

/// <summary>What a client of the MQTT endpoint says of itself when it connects.</summary>
/// <param name="ClientId">Its client identifier, which may be empty.</param>
/// <param name="UserName">Its user name, or null.</param>
/// <param name="Password">Its password as UTF-8 text, or null.</param>
/// <param name="CleanSession">False where it wants its subscriptions kept while it is away.</param>
/// <param name="ProtocolVersion">3 for MQTT 3.1, 4 for 3.1.1.</param>
/// <param name="KeepAlive">Seconds between signs of life, 0 for none.</param>
/// <param name="Address">The address that it connects from, or null where that is unknown.</param>
/// <param name="ConnectedAt">When it came.</param>
public sealed record TopicClient(
    string ClientId,
    string? UserName,
    string? Password,
    bool CleanSession,
    int ProtocolVersion,
    int KeepAlive,
    string? Address,
    DateTimeOffset ConnectedAt
)
{
    /// <summary>Neither the password nor the user name, which is a token with some vendors: what is printed ends in a log.</summary>
    public override string ToString() => $"{nameof(TopicClient)} at {Address}";
}

/// <summary>A message on a topic.</summary>
/// <param name="Topic">The topic name, without wildcards.</param>
/// <param name="Payload">The payload's bytes; they may be kept.</param>
/// <param name="Qos">0 at most once, 1 at least once, 2 exactly once.</param>
public sealed record TopicMessage(string Topic, ReadOnlyMemory<byte> Payload, int Qos)
{
    /// <summary>The identifier that the client has given a message that came from it, or 0 where it has none.</summary>
    public int PacketId { get; init; }
}

/// <summary>One dialect's meaning of the topics on the MQTT endpoint, with its own kind of credentials.</summary>
public interface ITopicDialect
{
    /// <summary>Its name, as logs say it.</summary>
    string Name { get; }

    /// <summary>Checks a client's credentials.</summary>
    /// <returns>Null where they are not of this dialect's kind, so that the next one is asked.</returns>
    ValueTask<TopicAdmission?> AuthenticateAsync(TopicClient client, CancellationToken cancellation);
}

/// <summary>Why a client is not let in, as CONNACK says it (MQTT 3.1.1, table 3.1).</summary>
public enum TopicRefusal
{
    /// <summary>4, bad user name or password.</summary>
    BadCredentials,

    /// <summary>5, not authorized: the credentials are good, but open nothing here.</summary>
    NotAuthorized,

    /// <summary>2, identifier rejected.</summary>
    BadClientId,
}

/// <summary>A dialect's answer to a client whose credentials are of its kind: a session, or null and why not.</summary>
public sealed record TopicAdmission(ITopicSession? Session, TopicRefusal Refusal = TopicRefusal.BadCredentials);

/// <summary>
/// What a dialect does with one client's connection. Calls come one at a time, in the order of the packets: the next one when the task of the one before is complete. A call must not wait for the
/// client, as <see cref="ITopicLink.PublishAsync"/> at QoS 1 does: what the client answers is read behind it.
/// </summary>
public interface ITopicSession
{
    /// <summary>Names the client within its dialect: a new connection with the same key ends the old one first.</summary>
    string Key { get; }

    /// <summary>The tenant whose client this is.</summary>
    string Tenant { get; }

    /// <summary>When its credentials end, and the connection with them, or null.</summary>
    DateTimeOffset? Expires => null;

    /// <summary>
    /// True where <see cref="OnPublishAsync"/> may be called again before the task of the call before is complete, so that one commit takes many messages. The messages are acknowledged in their order
    /// all the same.
    /// </summary>
    bool TakesMessagesTogether => false;

    /// <summary>The client is in. Where it has kept a session, <see cref="OnSubscribeAsync"/> follows for each of its filters.</summary>
    /// <param name="link">The way to it.</param>
    /// <param name="cancellation">Ends with the connection.</param>
    ValueTask OnConnectedAsync(ITopicLink link, CancellationToken cancellation);

    /// <summary>
    /// Takes a message. The client's will is one too: it comes when the connection has ended without DISCONNECT, unless <see cref="ITopicLink.Close"/>, <see cref="Expires"/> or the server's own stop
    /// ended it.
    /// </summary>
    /// <returns>
    /// A task that completes when the message is durable, or is refused for good: the client is told that it was taken. Where it fails the connection ends, so that the client sends the
    /// message again.
    /// </returns>
    Task OnPublishAsync(TopicMessage message, CancellationToken cancellation);

    /// <summary>The client wants the topics that a filter matches, which may have wildcards.</summary>
    /// <param name="filter">The filter, well-formed.</param>
    /// <param name="qos">0 or 1, which is what the client is granted: the most that messages may be sent to it with.</param>
    /// <param name="cancellation">Ends with the connection.</param>
    /// <returns>Whether it may.</returns>
    ValueTask<bool> OnSubscribeAsync(string filter, int qos, CancellationToken cancellation);

    ValueTask OnUnsubscribeAsync(string filter, CancellationToken cancellation);

    /// <summary>The connection has ended. It is called once for each <see cref="OnConnectedAsync"/>, also where that failed.</summary>
    ValueTask OnDisconnectedAsync();
}

/// <summary>A session's way to its client. Its members may be called from any thread; after the connection's end they do nothing.</summary>
public interface ITopicLink
{
    /// <summary>
    /// Sends a message to the client, at QoS 0 or 1 (2 is taken for 1). A client that leaves too much unread or unacknowledged loses its connection.
    /// </summary>
    /// <returns>Whether it has it: at QoS 0 when it is on its way, at QoS 1 when the client has acknowledged it; false where the connection ended before.</returns>
    /// <exception cref="ArgumentException">The topic is empty, has a wildcard, or is longer than 65,535 bytes.</exception>
    Task<bool> PublishAsync(TopicMessage message);

    /// <summary>
    /// Makes this connection the way to a device: from now on the device is connected, and the cloud-to-device messages that wait for it go to this client, in order, each removed when the client
    /// has it (on its way, at QoS 0). The newest connection that takes a device's messages serves it. The attachment ends with <see cref="Detach"/> or the connection.
    /// </summary>
    /// <param name="hubId">The device's hub id.</param>
    /// <param name="toTopic">What a message is for this client. Where it throws, or the topic is none, the message stays in the queue and the ones behind it go on.</param>
    void Attach(string hubId, Func<CloudToDeviceMessage, TopicMessage> toTopic);

    void Detach(string hubId);

    /// <summary>Ends the connection.</summary>
    /// <param name="reason">Why, for the log; it holds no secret.</param>
    void Close(string reason);
}

/// <summary>A client that is connected to the MQTT endpoint now.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Dialect">The <see cref="ITopicDialect.Name"/> that serves it.</param>
/// <param name="Client">What it said of itself, but no password.</param>
public sealed record TopicConnection(string Tenant, string Dialect, TopicClient Client);

/// <summary>The clients that are connected to this process's MQTT endpoint. Where there is no such endpoint (on Azure), there is none.</summary>
public interface ITopicConnections
{
    /// <summary>A tenant's connected clients, oldest first.</summary>
    IReadOnlyList<TopicConnection> Of(string tenant);
}

/// <summary>Where there is no MQTT endpoint.</summary>
public sealed class NoTopicConnections : ITopicConnections
{
    public IReadOnlyList<TopicConnection> Of(string tenant) => [];
}
