using System.Runtime.InteropServices;
using Serverless.Domain.Devices;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// Delivers a device's queue over one connection: in order, a window of messages at a time, each removed from the queue when the device has acknowledged
/// it. One task does all of it, so that nothing is sent twice; it runs only while there is something to do.
/// </summary>
/// <remarks>
/// A message's packet identifier is made of its sequence number, so that a redelivery has the same one as MQTT demands (MQTT-4.4.0-1), also after a restart.
/// </remarks>
internal sealed class DeviceboundDelivery(string hubId, HubServices hub, IMqttLink link)
{
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct InFlight(long Sequence, ushort PacketId);

    private readonly Lock gate = new();
    private readonly List<InFlight> inFlight = [];
    private readonly Queue<long> acknowledged = new();
    private Task work = Task.CompletedTask;
    private HubSubscriptions subscriptions;
    private long sent;
    private bool working;
    private bool again;

    /// <summary>The device has subscribed, or no longer.</summary>
    public void Deliver(HubSubscriptions granted)
    {
        lock (gate)
        {
            subscriptions = granted;
        }

        Signal();
    }

    /// <summary>There may be something new in the queue.</summary>
    public void Signal()
    {
        lock (gate)
        {
            again = true;
            if (!working)
            {
                working = true;
                work = Task.Run(WorkAsync);
            }
        }
    }

    /// <summary>The device has a message; an identifier that stands for none is ignored.</summary>
    public void OnAcknowledged(ushort packetId)
    {
        lock (gate)
        {
            var index = inFlight.FindIndex(message => message.PacketId == packetId);
            if (index < 0)
            {
                return;
            }

            acknowledged.Enqueue(inFlight[index].Sequence);
            inFlight.RemoveAt(index);
        }

        Signal();
    }

    /// <summary>Sends no more; completes when what the device has acknowledged is out of the queue.</summary>
    public Task EndAsync()
    {
        lock (gate)
        {
            subscriptions = HubSubscriptions.None;
            return work;
        }
    }

    public static ushort PacketId(long sequence) => (ushort)((sequence % ushort.MaxValue) + 1);

    private async Task WorkAsync()
    {
        try
        {
            while (Again())
            {
                while (NextAcknowledged() is { } sequence)
                {
                    await hub.Backend.CompleteAsync(hubId, sequence, CancellationToken.None);
                }

                await FillWindowAsync();
            }
        }
        catch (Exception exception)
        {
            // What is in the queue stays there: the device gets it when it connects again.
            lock (gate)
            {
                working = false;
                subscriptions = HubSubscriptions.None;
            }

            MqttLog.RequestFailed(hub.Logger, hubId, exception);
            link.Close("its messages cannot be read");
        }
    }

    private bool Again()
    {
        lock (gate)
        {
            working = again;
            again = false;
            return working;
        }
    }

    private long? NextAcknowledged()
    {
        lock (gate)
        {
            return acknowledged.TryDequeue(out var sequence) ? sequence : null;
        }
    }

    private async Task FillWindowAsync()
    {
        while (Room() is > 0 and var room)
        {
            var messages = await hub.Backend.PeekAsync(hubId, sent, room, hub.Time.GetUtcNow(), CancellationToken.None);
            foreach (var message in messages)
            {
                if (!await SendAsync(message))
                {
                    return;
                }
            }

            if (messages.Count == 0)
            {
                return;
            }
        }
    }

    private int Room()
    {
        lock (gate)
        {
            return (subscriptions & HubSubscriptions.Messages) == HubSubscriptions.None ? 0 : hub.Options.DeliveryWindow - inFlight.Count;
        }
    }

    private async Task<bool> SendAsync(QueuedMessage queued)
    {
        var id = PacketId(queued.Sequence);
        bool atLeastOnce;
        lock (gate)
        {
            // Sequence numbers far apart may share an identifier: the later message waits until the earlier one is acknowledged.
            if ((subscriptions & HubSubscriptions.Messages) == HubSubscriptions.None || inFlight.Exists(message => message.PacketId == id))
            {
                return false;
            }

            atLeastOnce = (subscriptions & HubSubscriptions.MessagesAtLeastOnce) != HubSubscriptions.None;
            sent = queued.Sequence;
            if (atLeastOnce)
            {
                inFlight.Add(new InFlight(queued.Sequence, id));
            }
        }

        var message = Encode(queued.Message, atLeastOnce ? MqttQos.AtLeastOnce : MqttQos.AtMostOnce);
        link.Publish(message, id, atLeastOnce && hub.Devices.NoteSent(hubId, queued.Sequence));
        if (!atLeastOnce)
        {
            await hub.Backend.CompleteAsync(hubId, queued.Sequence, CancellationToken.None);
        }

        return true;
    }

    private MqttMessage Encode(CloudToDeviceMessage message, MqttQos qos) => new(Topic(hubId, message), message.Body, qos);

    /// <summary>The topic that a message goes to, with its properties.</summary>
    public static string Topic(string hubId, CloudToDeviceMessage message)
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
