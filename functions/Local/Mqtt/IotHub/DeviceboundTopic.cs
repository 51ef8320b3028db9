using Serverless.Domain.Devices;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>A hub session's topic for cloud-to-device messages.</summary>
/// <remarks>
/// A message's packet identifier is made of its sequence number, so that a redelivery has the same one as MQTT demands (MQTT-4.4.0-1), also after a restart.
/// </remarks>
internal sealed class DeviceboundTopic(IotHubSession session, HubServices hub, IMqttLink link) : IDeviceboundChannel
{
    private readonly Lock gate = new();
    private readonly Dictionary<ushort, long> unacknowledged = [];

    public int Room => session.MessagesMayGo ? hub.Options.DeliveryWindow : 0;

    public DeviceboundSent Send(QueuedMessage queued)
    {
        var atLeastOnce = session.Has(HubSubscriptions.MessagesAtLeastOnce);
        var id = PacketId(queued.Sequence);
        lock (gate)
        {
            // Sequence numbers far apart may share an identifier: the later message waits until the earlier one is acknowledged.
            if (!session.MessagesMayGo || (atLeastOnce && !unacknowledged.TryAdd(id, queued.Sequence)))
            {
                return DeviceboundSent.Later;
            }
        }

        var name = Name(session.HubId, queued.Message);
        var message = new MqttMessage(name, queued.Message.Body, atLeastOnce ? MqttQos.AtLeastOnce : MqttQos.AtMostOnce);
        link.Publish(message, id, atLeastOnce && hub.Devices.NoteSent(session.HubId, queued.Sequence));
        return atLeastOnce ? DeviceboundSent.AtLeastOnce : DeviceboundSent.AtMostOnce;
    }

    public Task<bool> FlushAsync() => link.FlushAsync();

    public void Idle() { }

    public void Close(string reason) => link.Close(reason);

    /// <returns>The sequence number of the message that has been acknowledged, or null where the identifier stands for none.</returns>
    public long? Acknowledge(ushort packetId)
    {
        lock (gate)
        {
            return unacknowledged.Remove(packetId, out var sequence) ? sequence : null;
        }
    }

    public static ushort PacketId(long sequence) => (ushort)((sequence % ushort.MaxValue) + 1);

    /// <summary>The topic that a message goes to, with its properties.</summary>
    public static string Name(string hubId, CloudToDeviceMessage message)
    {
        var system = new Dictionary<string, string>
        {
            ["to"] = $"/devices/{hubId}/messages/devicebound",
            ["message-id"] = message.MessageId,
        };
        foreach (var (name, value) in message.System)
        {
            system.TryAdd(name, value);
        }

        return HubTopics.Devicebound(hubId, PropertyBag.Encode(system, message.Properties));
    }
}
