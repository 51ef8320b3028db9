using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// Delivers a device's queue over one connection: in order, a window of messages at a time, each removed from the queue when the device has acknowledged
/// it. One task does all of it, so that nothing is sent twice; it runs only while there is something to do.
/// </summary>
internal sealed class DeviceboundDelivery(string hubId, HubServices hub, IDeviceboundChannel channel)
{
    private readonly Lock gate = new();
    private readonly HashSet<long> inFlight = [];
    private readonly Queue<long> acknowledged = new();
    private Task work = Task.CompletedTask;
    private long sent;
    private bool working;
    private bool again;
    private bool ended;

    /// <summary>There may be something new in the queue, or room for it.</summary>
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

    /// <summary>The device has a message; a sequence number of none that is in flight is ignored.</summary>
    public void OnAcknowledged(long sequence)
    {
        lock (gate)
        {
            if (!inFlight.Remove(sequence))
            {
                return;
            }

            acknowledged.Enqueue(sequence);
        }

        Signal();
    }

    /// <summary>Sends no more; completes when what the device has acknowledged is out of the queue.</summary>
    public Task EndAsync()
    {
        lock (gate)
        {
            ended = true;
            return work;
        }
    }

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
                channel.Idle();
            }
        }
        catch (Exception exception)
        {
            // What is in the queue stays there: the device gets it when it connects again.
            lock (gate)
            {
                working = false;
                ended = true;
            }

            MqttLog.RequestFailed(hub.Logger, hubId, exception);
            channel.Close("its messages cannot be read");
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

            if (messages.Count < room)
            {
                return;
            }
        }
    }

    private int Room()
    {
        int left;
        lock (gate)
        {
            left = ended ? 0 : hub.Options.DeliveryWindow - inFlight.Count;
        }

        return left <= 0 ? 0 : Math.Min(left, channel.Room);
    }

    private async Task<bool> SendAsync(QueuedMessage queued)
    {
        lock (gate)
        {
            if (ended)
            {
                return false;
            }

            // Before it is sent: its acknowledgement may be faster than this thread.
            inFlight.Add(queued.Sequence);
        }

        var result = channel.Send(queued);
        if (result == DeviceboundSent.AtLeastOnce)
        {
            sent = queued.Sequence;
            return true;
        }

        lock (gate)
        {
            inFlight.Remove(queued.Sequence);
        }

        // A client that reads nothing has not got what gathers for it: that stays in the queue.
        if (result == DeviceboundSent.Later || (result == DeviceboundSent.AtMostOnce && !await channel.FlushAsync()))
        {
            return false;
        }

        sent = queued.Sequence;
        if (result == DeviceboundSent.AtMostOnce)
        {
            await hub.Backend.CompleteAsync(hubId, queued.Sequence, CancellationToken.None);
        }

        return true;
    }
}
