using Serverless.Domain.Devices;
using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.Topics;

/// <summary>One device behind a dialect's connection: its cloud-to-device messages go there.</summary>
internal sealed class Attachment : IDeviceRoute, IDeviceboundChannel
{
    private readonly Func<CloudToDeviceMessage, TopicMessage> toTopic;
    private readonly TopicLink owner;
    private readonly OutboundWindow window;
    private readonly IMqttLink link;
    private readonly HubServices hub;
    private readonly DeviceboundDelivery delivery;
    private readonly Action turn;
    private volatile bool ended;

    public Attachment(
        string hubId,
        Func<CloudToDeviceMessage, TopicMessage> toTopic,
        TopicLink owner,
        OutboundWindow window,
        IMqttLink link,
        HubServices hub
    )
    {
        HubId = hubId;
        this.toTopic = toTopic;
        this.owner = owner;
        this.window = window;
        this.link = link;
        this.hub = hub;
        ConnectedAt = hub.Time.GetUtcNow();
        delivery = new DeviceboundDelivery(hubId, hub, this);
        turn = delivery.Signal;
    }

    public string HubId { get; }

    public DateTimeOffset ConnectedAt { get; }

    public bool IsConnected => !ended;

    public bool TakesMessages => true;

    public int Room => hub.Devices.Serves(this) ? window.Room(turn) : 0;

    public void Begin()
    {
        hub.Devices.Enter(this);
        _ = hub.Devices.RecordComeAsync(this);
        delivery.Signal();
    }

    /// <summary>Completes when the device's queue knows what the client has acknowledged, and the device is recorded as gone.</summary>
    public async Task EndAsync()
    {
        ended = true;

        // An older connection that serves the device then does not see what this client has acknowledged.
        await delivery.EndAsync();
        hub.Devices.Leave(this);
        await hub.Devices.RecordGoneAsync(this).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void DeliverMessages() => delivery.Signal();

    /// <summary>Its connection may have other devices, and credentials of its own: only a device that is gone is detached.</summary>
    public void Check(HubIdentity? identity)
    {
        if (identity is null)
        {
            owner.Detach(HubId);
        }
    }

    public DeviceboundSent Send(QueuedMessage queued)
    {
        MqttMessage message;
        try
        {
            message = TopicLink.Encode(toTopic(queued.Message));
        }
        catch (Exception exception)
        {
            MqttLog.NotSent(hub.Logger, HubId, queued.Message.MessageId, exception);
            return DeviceboundSent.Never;
        }

        if (!hub.Devices.Serves(this))
        {
            return DeviceboundSent.Later;
        }

        if (!window.TrySend(message, OnDone))
        {
            // Others took the room: in turn, then, or at once where there is some again.
            if (Room > 0)
            {
                delivery.Signal();
            }

            return DeviceboundSent.Later;
        }

        return message.Qos == MqttQos.AtMostOnce ? DeviceboundSent.AtMostOnce : DeviceboundSent.AtLeastOnce;

        void OnDone(bool acknowledged)
        {
            if (acknowledged)
            {
                delivery.OnAcknowledged(queued.Sequence);
            }
        }
    }

    public Task<bool> FlushAsync() => link.FlushAsync();

    public void Idle() => window.PassOn();

    public void Close(string reason) => owner.Close(reason);
}
