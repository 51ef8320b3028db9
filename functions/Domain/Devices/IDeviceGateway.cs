using System.Text.Json.Nodes;

namespace Serverless.Domain.Devices;

/// <summary>A device as its hub knows it: the id it connects with and what it proves itself by.</summary>
/// <param name="HubId">The IoT Hub device id.</param>
/// <param name="PrimaryKey">The symmetric key in base64, or null where the device has none.</param>
/// <param name="SecondaryKey">The second symmetric key in base64, or null.</param>
/// <param name="Thumbprints">SHA-1 or SHA-256 thumbprints in hexadecimal of the certificates that it may show.</param>
/// <param name="Enabled">False keeps it out.</param>
public sealed record HubIdentity(
    string HubId,
    string? PrimaryKey,
    string? SecondaryKey,
    IReadOnlyList<string> Thumbprints,
    bool Enabled = true
);

/// <summary>A direct method call.</summary>
/// <param name="Name">The method's name.</param>
/// <param name="Payload">Its JSON payload, or null.</param>
/// <param name="ResponseTimeout">How long the device may take to answer.</param>
/// <param name="ConnectTimeout">How long to wait for a device that is not connected; zero for not at all.</param>
public sealed record MethodCall(string Name, JsonNode? Payload, TimeSpan ResponseTimeout, TimeSpan ConnectTimeout = default);

/// <summary>What the device answered: its own status number and JSON payload.</summary>
public sealed record MethodResult(int Status, JsonNode? Payload);

/// <summary>The desired properties as a hub keeps them that numbers their versions itself.</summary>
/// <param name="Values">All of them.</param>
/// <param name="Version">The hub's version.</param>
/// <param name="Time">When they changed, by the hub's clock, or null where it does not say.</param>
public sealed record HubDesired(JsonObject Values, long Version, DateTimeOffset? Time);

/// <summary>A message from the cloud to a device, kept for it while it is away.</summary>
public sealed record CloudToDeviceMessage(
    string MessageId,
    ReadOnlyMemory<byte> Body,
    IReadOnlyDictionary<string, string> System,
    IReadOnlyDictionary<string, string> Properties,
    DateTimeOffset? Expires = null
);

/// <summary>Whether a device is connected now.</summary>
/// <param name="Connected">Whether it is.</param>
/// <param name="Since">When that last changed, or null where it never was.</param>
/// <param name="TakesMethods">False where it is connected in a way that has no direct methods, or has not subscribed to them; true also where the hub cannot tell.</param>
/// <param name="MessagesOnly">True where it is connected in a way that has messages only: no methods and no desired properties.</param>
public sealed record ConnectionState(bool Connected, DateTimeOffset? Since, bool TakesMethods = true, bool MessagesOnly = false);

/// <summary>The device is not connected and does not come in time.</summary>
public sealed class DeviceOfflineException(string hubId) : Exception($"The device {hubId} is not connected.");

/// <summary>The device did not answer in time.</summary>
public sealed class DeviceTimeoutException(string hubId) : Exception($"The device {hubId} did not answer in time.");

/// <summary>The way to devices. Adapters: the local MQTT endpoint, IoT Hub's service API.</summary>
public interface IDeviceGateway
{
    /// <summary>Whether <see cref="SendAsync"/> works: IoT Hub's HTTPS API sends no messages to devices.</summary>
    bool SendsMessages { get; }

    /// <summary>Makes the device known to the hub, or changes its credentials; a connection that its new credentials do not allow ends.</summary>
    Task RegisterAsync(HubIdentity identity, CancellationToken cancellation);

    /// <summary>Removes the device from the hub and ends its connection; one that the hub does not know is no error.</summary>
    Task RemoveAsync(string hubId, CancellationToken cancellation);

    Task<ConnectionState> GetConnectionAsync(string hubId, CancellationToken cancellation);

    /// <summary>Calls a method on a connected device.</summary>
    /// <exception cref="DeviceOfflineException">It is not connected, or does not take methods, within the connect time-out.</exception>
    /// <exception cref="DeviceTimeoutException">It did not answer within the response time-out, or its connection ended.</exception>
    Task<MethodResult> InvokeMethodAsync(string hubId, MethodCall call, CancellationToken cancellation);

    /// <summary>Tells the device that its desired properties have changed: the patch (null removes a member) and the version they now have.</summary>
    /// <returns>What the hub has now, where it keeps a twin of its own; else null.</returns>
    /// <exception cref="DomainException">The hub does not take the patch; nothing has changed there.</exception>
    Task<HubDesired?> PushDesiredAsync(string hubId, JsonObject patch, long version, CancellationToken cancellation);

    /// <summary>Queues a message for the device, durable when the task completes; it is delivered at least once, in order.</summary>
    /// <exception cref="DomainException">The message cannot be sent: it is too large, or <see cref="SendsMessages"/> is false.</exception>
    Task SendAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation);
}
