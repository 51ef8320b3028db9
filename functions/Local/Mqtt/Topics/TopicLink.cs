using Serverless.Domain.Devices;
using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.Topics;

/// <summary>A dialect's way to one client, and through it to devices.</summary>
internal sealed class TopicLink(IMqttLink link, HubServices hub) : ITopicLink
{
    private readonly Lock gate = new();
    private readonly OutboundWindow window = new(link, hub.Options);
    private readonly Dictionary<string, Attachment> attachments = [];
    private Task detaching = Task.CompletedTask;
    private bool ended;

    /// <summary>Whether the dialect itself has ended the connection.</summary>
    public bool IsClosed { get; private set; }

    public Task<bool> PublishAsync(TopicMessage message) => window.PublishAsync(Encode(message));

    public void Attach(string hubId, Func<CloudToDeviceMessage, TopicMessage> toTopic)
    {
        var attachment = new Attachment(hubId, toTopic, this, window, link, hub);
        lock (gate)
        {
            if (ended)
            {
                return;
            }

            // The new one is there before the old one goes: the device stays connected.
            attachment.Begin();
            attachments.TryGetValue(hubId, out var earlier);
            attachments[hubId] = attachment;
            Remove(earlier);
        }
    }

    public void Detach(string hubId)
    {
        lock (gate)
        {
            attachments.Remove(hubId, out var attachment);
            Remove(attachment);
        }
    }

    public void Close(string reason)
    {
        IsClosed = true;
        link.Close(reason);
    }

    public void OnAcknowledged(ushort packetId) => window.OnAcknowledged(packetId);

    /// <summary>Sends nothing until <see cref="Resume"/>: CONNACK or SUBACK goes first.</summary>
    public void Hold() => window.Close();

    public void Resume() => window.Open();

    /// <summary>Nothing reaches the client any more: whoever waits for it waits no longer.</summary>
    public void Cut() => window.End();

    /// <summary>Detaches every device; completes when that is recorded.</summary>
    public async Task EndAsync()
    {
        Cut();
        Task last;
        lock (gate)
        {
            ended = true;
            foreach (var attachment in attachments.Values)
            {
                Remove(attachment);
            }

            attachments.Clear();
            last = detaching;
        }

        await last;
    }

    /// <exception cref="ArgumentException">The topic is none to publish to.</exception>
    public static MqttMessage Encode(TopicMessage message)
    {
        if (!Topic.IsName(message.Topic))
        {
            throw new ArgumentException("The topic is empty, too long, or holds a wildcard or U+0000.", nameof(message));
        }

        return new MqttMessage(message.Topic, message.Payload, message.Qos == 0 ? MqttQos.AtMostOnce : MqttQos.AtLeastOnce);
    }

    private void Remove(Attachment? attachment)
    {
        if (attachment is not null)
        {
            var ending = attachment.EndAsync();
            detaching = detaching.IsCompleted ? ending : Task.WhenAll(detaching, ending);
        }
    }
}
