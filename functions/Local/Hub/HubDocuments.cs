using System.Text.Json.Serialization;
using Serverless.Domain.Devices;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Topics;

namespace Serverless.Local.Hub;

/// <summary>A device's persistent session.</summary>
internal sealed record HubSession(HubSubscriptions Subscriptions);

/// <summary>The persistent session of a dialect's client.</summary>
internal sealed record TopicSessionDocument(IReadOnlyList<KeptSubscription> Subscriptions);

/// <summary>A message in a device's queue, as stored.</summary>
/// <param name="Source">The hub id.</param>
/// <param name="Name">The sequence number in 19 digits, which orders as text.</param>
/// <param name="Message">The message.</param>
internal sealed record QueuedDocument(string Source, string Name, StoredMessage Message);

/// <summary>A cloud-to-device message, its body in base64.</summary>
internal sealed record StoredMessage(
    string MessageId,
    byte[] Body,
    IReadOnlyDictionary<string, string> System,
    IReadOnlyDictionary<string, string> Properties,
    DateTimeOffset? Expires
)
{
    public static StoredMessage Of(CloudToDeviceMessage message) =>
        new(message.MessageId, message.Body.ToArray(), message.System, message.Properties, message.Expires);

    public CloudToDeviceMessage ToMessage() => new(MessageId, Body, System, Properties, Expires);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HubSession))]
[JsonSerializable(typeof(TopicSessionDocument))]
[JsonSerializable(typeof(QueuedDocument))]
internal sealed partial class HubJson : JsonSerializerContext;
