using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.Topics;

/// <summary>
/// What a dialect sends over one connection. Messages at QoS 1 get the connection's packet identifiers; a window of them, bounded by count and by bytes, waits for the client's acknowledgements, and the
/// ones behind wait in line. A client that lets the line grow too long loses its connection. While the window is closed (before CONNACK and SUBACK) everything waits.
/// </summary>
internal sealed class OutboundWindow(IMqttLink link, MqttOptions options)
{
    private readonly record struct Sent(int Bytes, Action<bool> Done);

    private readonly record struct Waiting(MqttMessage Message, Action<bool> Done);

    private readonly Lock gate = new();
    private readonly Dictionary<ushort, Sent> unacknowledged = [];
    private readonly Queue<Waiting> line = new();
    private readonly Queue<Action> turns = new();
    private long sentBytes;
    private long lineBytes;
    private ushort lastId;
    private bool open;
    private bool ended;

    // A message larger than all of it goes alone.
    private bool HasRoom =>
        unacknowledged.Count < options.PublishWindow && (unacknowledged.Count == 0 || sentBytes < options.SendBufferBytes / 2);

    /// <summary>Sends a message, or puts it in line.</summary>
    /// <returns>Whether the client has it: at QoS 0 at once, at QoS 1 when it has acknowledged it; false where the connection ended before.</returns>
    public Task<bool> PublishAsync(MqttMessage message)
    {
        var atMostOnce = message.Qos == MqttQos.AtMostOnce;
        lock (gate)
        {
            if (ended)
            {
                return Task.FromResult(false);
            }

            var result = atMostOnce ? null : new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            Action<bool> done = result is null ? static _ => { } : acknowledged => result.TrySetResult(acknowledged);
            if (open && (atMostOnce || (line.Count == 0 && HasRoom)))
            {
                Send(message, done);
            }
            else
            {
                line.Enqueue(new Waiting(message, done));
                lineBytes += message.Payload.Length;
            }

            if (line.Count <= options.PublishQueue && lineBytes <= options.SendBufferBytes)
            {
                return result?.Task ?? Task.FromResult(true);
            }
        }

        End();
        link.Close("it does not acknowledge what is sent to it");
        return Task.FromResult(false);
    }

    /// <summary>Sends a message of a queue that can wait elsewhere, where nothing is in line.</summary>
    /// <param name="message">The message.</param>
    /// <param name="done">At QoS 1: called when the client has it, or with false at the connection's end.</param>
    public bool TrySend(MqttMessage message, Action<bool> done)
    {
        lock (gate)
        {
            if (ended || !open || line.Count > 0 || !HasRoom)
            {
                return false;
            }

            Send(message, done);
            return true;
        }
    }

    /// <summary>How many messages <see cref="TrySend"/> takes now.</summary>
    /// <param name="turn">Called once, where it is 0, when it may be more; then the caller gives up what it does not need of it by <see cref="PassOn"/>.</param>
    public int Room(Action turn)
    {
        lock (gate)
        {
            if (ended || !open || line.Count > 0 || !HasRoom)
            {
                if (!ended && !turns.Contains(turn))
                {
                    turns.Enqueue(turn);
                }

                return 0;
            }

            return options.PublishWindow - unacknowledged.Count;
        }
    }

    /// <summary>Lets the next queue have the room that is left.</summary>
    public void PassOn()
    {
        Action? next;
        lock (gate)
        {
            next = NextTurn();
        }

        next?.Invoke();
    }

    public void OnAcknowledged(ushort packetId)
    {
        Sent sent;
        Action? next;
        lock (gate)
        {
            if (!unacknowledged.Remove(packetId, out sent))
            {
                return;
            }

            sentBytes -= sent.Bytes;
            SendLine();
            next = NextTurn();
        }

        sent.Done(true);
        next?.Invoke();
    }

    /// <summary>From now on everything waits.</summary>
    public void Close()
    {
        lock (gate)
        {
            open = false;
        }
    }

    /// <summary>CONNACK or SUBACK is on its way: what waits follows.</summary>
    public void Open()
    {
        lock (gate)
        {
            open = !ended;
            SendLine();
        }

        PassOn();
    }

    /// <summary>The connection ends: nothing that waits for the client's acknowledgement gets it any more.</summary>
    public void End()
    {
        List<Action<bool>> lost;
        lock (gate)
        {
            ended = true;
            open = false;
            lost = [.. unacknowledged.Values.Select(sent => sent.Done), .. line.Select(waiting => waiting.Done)];
            unacknowledged.Clear();
            line.Clear();
            turns.Clear();
        }

        foreach (var done in lost)
        {
            done(false);
        }
    }

    private void Send(MqttMessage message, Action<bool> done)
    {
        if (message.Qos == MqttQos.AtMostOnce)
        {
            link.Publish(message);
            return;
        }

        do
        {
            lastId++;
        } while (lastId == 0 || unacknowledged.ContainsKey(lastId));

        unacknowledged[lastId] = new Sent(message.Payload.Length, done);
        sentBytes += message.Payload.Length;
        link.Publish(message, lastId);
    }

    private void SendLine()
    {
        while (open && line.TryPeek(out var next) && (next.Message.Qos == MqttQos.AtMostOnce || HasRoom))
        {
            line.Dequeue();
            lineBytes -= next.Message.Payload.Length;
            Send(next.Message, next.Done);
        }
    }

    private Action? NextTurn() => open && line.Count == 0 && HasRoom && turns.TryDequeue(out var next) ? next : null;
}
