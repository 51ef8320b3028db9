using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Telemetry;

/// <summary>What kind of message it is: IoT Hub's system property iothub-message-source.</summary>
public enum MessageSource
{
    Telemetry,
    TwinChange,
    DeviceLifecycle,
    ConnectionState,
    Unknown,
}

/// <summary>A message as it arrived from a device, by the local MQTT endpoint or by the telemetry function.</summary>
/// <param name="HubId">The IoT Hub device id that the broker authenticated (iothub-connection-device-id).</param>
/// <param name="Body">The payload's bytes, untouched.</param>
/// <param name="EnqueuedTime">When the broker took it: the same on redelivery. It dates a reading that brings no time of its own.</param>
/// <param name="Source">What kind of message it is.</param>
/// <param name="System">System properties by their wire names, such as content-type, content-encoding, message-id, correlation-id.</param>
/// <param name="Properties">The sender's own properties.</param>
public sealed record DeviceMessage(
    string HubId,
    ReadOnlyMemory<byte> Body,
    DateTimeOffset EnqueuedTime,
    MessageSource Source,
    IReadOnlyDictionary<string, string> System,
    IReadOnlyDictionary<string, string> Properties
)
{
    /// <summary>The sender's property that says what is done with the message: transient, quiescent or cep, as <see cref="Effects"/> has them; without it the message is stored and told.</summary>
    public const string ModeProperty = "mode";

    public static readonly IReadOnlyDictionary<string, string> NoProperties = new Dictionary<string, string>();

    /// <summary>The device, where the door that took the message has found it already: then <see cref="HubId"/> is asked for nothing. So an object that never connects to a hub has readings too.</summary>
    public FoundDevice? Device { get; init; }

    /// <summary>False for a message that is no sign of the device's life: somebody else has sent it.</summary>
    public bool IsHeartbeat { get; init; } = true;
}

/// <summary>A device that a door has found.</summary>
public sealed record FoundDevice(string Tenant, Stored<DeviceTwin> Stored);

/// <summary>Takes device messages into the cloud: points, twins and changes, in one commit.</summary>
public interface ITelemetryIngest
{
    /// <summary>Takes a batch. When the task completes each message is durable, as data or as a dead letter; a message that cannot be read does not hold up the others.</summary>
    Task IngestAsync(IReadOnlyList<DeviceMessage> messages, CancellationToken cancellation);
}

/// <summary>Takes points that are not a device's message into the devices' database.</summary>
public interface IPointIngest
{
    /// <summary>
    /// Writes points with their tags as they are. Those with the tag uuid of an enabled device of the tenant are told to it and to whoever listens, as its own messages are. When the task
    /// completes all is durable.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="points">The points.</param>
    /// <param name="received">When they arrived.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    Task WriteAsync(string tenant, IReadOnlyList<Series.Point> points, DateTimeOffset received, CancellationToken cancellation);
}
