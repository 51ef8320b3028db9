using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Local.Mqtt.Topics;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// What the local hub keeps of its devices, durably: identities, connection states, sessions, twins and the cloud-to-device queues. A task completes
/// when its effect is durable.
/// </summary>
public interface IHubBackend
{
    /// <returns>The device's identity, or null where the hub does not know it. Ids are compared byte by byte.</returns>
    ValueTask<HubIdentity?> FindAsync(string hubId, CancellationToken cancellation);

    /// <returns>The tenant whose device this is, or null where the hub does not know it.</returns>
    ValueTask<string?> FindTenantAsync(string hubId, CancellationToken cancellation);

    /// <summary>Adds the device, or replaces its credentials.</summary>
    Task SaveAsync(HubIdentity identity, CancellationToken cancellation);

    /// <summary>Removes the device with its session and its queue; one that is not there is no error.</summary>
    Task DeleteAsync(string hubId, CancellationToken cancellation);

    /// <summary>Records that the device is connected, or no longer; calls for one device come in the order of the events.</summary>
    Task RecordConnectionAsync(string hubId, bool connected, DateTimeOffset at, CancellationToken cancellation);

    /// <returns>When the device was last recorded as connected or disconnected, or null.</returns>
    ValueTask<DateTimeOffset?> GetConnectionChangeAsync(string hubId, CancellationToken cancellation);

    /// <returns>The subscriptions of the device's persistent session, or null where it has none.</returns>
    ValueTask<HubSubscriptions?> GetSessionAsync(string hubId, CancellationToken cancellation);

    /// <summary>Keeps the subscriptions of a persistent session; null ends the session.</summary>
    Task SaveSessionAsync(string hubId, HubSubscriptions? subscriptions, CancellationToken cancellation);

    /// <returns>The subscriptions that a dialect's client has left, or null where it has no session.</returns>
    Task<IReadOnlyList<KeptSubscription>?> GetTopicSessionAsync(string key, CancellationToken cancellation);

    /// <summary>Keeps the subscriptions of a dialect's client.</summary>
    /// <param name="key">The session's key on the endpoint.</param>
    /// <param name="subscriptions">All of them; null ends the session, and one that is not there is no error.</param>
    /// <param name="expires">When the session ends of itself.</param>
    /// <param name="cancellation">Gives up.</param>
    Task SaveTopicSessionAsync(
        string key,
        IReadOnlyList<KeptSubscription>? subscriptions,
        DateTimeOffset expires,
        CancellationToken cancellation
    );

    /// <returns>The twin, or null where the hub does not know the device. The caller does not change it.</returns>
    Task<HubTwin?> GetTwinAsync(string hubId, CancellationToken cancellation);

    /// <summary>Merges a patch into the reported properties; a null removes a member.</summary>
    /// <returns>Their new version.</returns>
    /// <exception cref="HubRequestException">The patch is not acceptable.</exception>
    Task<long> PatchReportedAsync(string hubId, JsonObject patch, CancellationToken cancellation);

    /// <summary>Adds a message to the device's queue.</summary>
    Task EnqueueAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation);

    /// <summary>Looks at the queue in order, from the first message behind a sequence number; expired ones are left out and may be removed.</summary>
    /// <param name="hubId">The device.</param>
    /// <param name="after">The sequence number to start behind; 0 for the whole queue.</param>
    /// <param name="count">How many messages to return at most.</param>
    /// <param name="now">The time by which messages are expired.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<IReadOnlyList<QueuedMessage>> PeekAsync(string hubId, long after, int count, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Removes a message that the device has; one that is not there is no error.</summary>
    Task CompleteAsync(string hubId, long sequence, CancellationToken cancellation);
}

/// <summary>A message in a device's queue.</summary>
/// <param name="Sequence">Greater than 0, grows with each message of the device, and is never used again.</param>
/// <param name="Message">The message.</param>
public sealed record QueuedMessage(long Sequence, CloudToDeviceMessage Message);

/// <summary>A device's twin as the device sees it: the properties without <c>$version</c>, and their versions.</summary>
public sealed record HubTwin(JsonObject Desired, long DesiredVersion, JsonObject Reported, long ReportedVersion);
