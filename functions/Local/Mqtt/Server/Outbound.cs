using System.Buffers;
using System.IO.Pipelines;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.Server;

/// <summary>
/// What goes to the client. A packet is written straight into the connection's pipe; while that is being flushed, packets gather beside it and follow
/// together in the next flush. Nothing goes out before CONNACK.
/// </summary>
/// <param name="pipe">The connection's output.</param>
/// <param name="limit">How many bytes may gather before the client counts as one that does not read.</param>
/// <param name="overflow">Ends such a client's connection.</param>
internal sealed class Outbound(PipeWriter pipe, int limit, Action overflow)
{
    private readonly Lock gate = new();
    private ArrayBufferWriter<byte>? gathered;
    private Task flush = Task.CompletedTask;
    private bool flushing = true;
    private bool ended;

    /// <summary>Sends CONNACK, and behind it what has gathered.</summary>
    public void Open(ConnectReturnCode code, bool sessionPresent)
    {
        lock (gate)
        {
            PacketWriter.ConnAck(pipe, code, sessionPresent);
            TakeGathered();
            flush = FlushAsync();
        }
    }

    public void Acknowledge(PacketType type, ushort id)
    {
        lock (gate)
        {
            if (Target() is { } target)
            {
                PacketWriter.Acknowledgement(target, type, id);
                Flush();
            }
        }
    }

    public void SubAck(ushort id, byte[] codes)
    {
        lock (gate)
        {
            if (Target() is { } target)
            {
                PacketWriter.SubAck(target, id, codes);
                Flush();
            }
        }
    }

    public void PingResp()
    {
        lock (gate)
        {
            if (Target() is { } target)
            {
                PacketWriter.PingResp(target);
                Flush();
            }
        }
    }

    public void Publish(MqttMessage message, ushort id, bool duplicate)
    {
        lock (gate)
        {
            if (Target() is { } target)
            {
                PacketWriter.Publish(target, message, id, duplicate);
                Flush();
            }
        }
    }

    /// <summary>Completes when nothing waits to be handed to the network: with false where the connection has ended.</summary>
    public async Task<bool> FlushedAsync()
    {
        Task handedOver;
        lock (gate)
        {
            handedOver = flush;
        }

        await handedOver;
        lock (gate)
        {
            return !ended;
        }
    }

    /// <summary>Takes no more packets; completes when what there is has been handed over.</summary>
    public Task EndAsync()
    {
        lock (gate)
        {
            ended = true;
            return flush;
        }
    }

    private IBufferWriter<byte>? Target()
    {
        if (ended)
        {
            return null;
        }

        if (!flushing)
        {
            return pipe;
        }

        gathered ??= new ArrayBufferWriter<byte>();
        if (gathered.WrittenCount <= limit)
        {
            return gathered;
        }

        ended = true;
        overflow();
        return null;
    }

    private void Flush()
    {
        if (!flushing)
        {
            flushing = true;
            flush = FlushAsync();
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            while (true)
            {
                var result = await pipe.FlushAsync();
                lock (gate)
                {
                    if (result.IsCompleted || !TakeGathered())
                    {
                        ended |= result.IsCompleted;
                        flushing = false;
                        return;
                    }
                }
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The connection is gone; the reading side finds out by itself.
            lock (gate)
            {
                ended = true;
                flushing = false;
            }
        }
    }

    private bool TakeGathered()
    {
        if (gathered is null)
        {
            return false;
        }

        pipe.Write(gathered.WrittenSpan);
        gathered = null;
        return true;
    }
}
