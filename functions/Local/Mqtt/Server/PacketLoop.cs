using System.IO.Pipelines;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.Server;

/// <summary>Reads a connected client's packets one after another and hands them to its session.</summary>
internal sealed class PacketLoop(
    PipeReader input,
    Outbound outbound,
    IMqttSession session,
    Acknowledgements acknowledgements,
    Watchdog watchdog,
    MqttOptions options
)
{
    private readonly TopicCache topics = new();

    // Messages at QoS 2 that were received but not released yet: their second PUBLISH is the same message.
    private HashSet<ushort>? unreleased;

    /// <returns>Whether the end is the client's DISCONNECT.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var result = await input.ReadAsync(CancellationToken.None);
            var buffer = result.Buffer;
            try
            {
                while (!cancellation.IsCancellationRequested && FrameReader.TryRead(ref buffer, options.MaximumPacketBytes, out var frame))
                {
                    watchdog.Touch();
                    if (frame.Type == PacketType.Disconnect)
                    {
                        EmptyPacket.Check(frame);
                        return true;
                    }

                    await HandleAsync(frame, cancellation);
                }
            }
            finally
            {
                input.AdvanceTo(buffer.Start, buffer.End);
            }

            if (result.IsCanceled || result.IsCompleted || cancellation.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    private ValueTask HandleAsync(in Frame frame, CancellationToken cancellation)
    {
        switch (frame.Type)
        {
            case PacketType.Publish:
                return PublishAsync(PublishPacket.Read(frame, topics), cancellation);
            case PacketType.PubAck:
                session.OnAcknowledged(AcknowledgementPacket.Read(frame));
                return ValueTask.CompletedTask;
            case PacketType.PubRel:
                Release(AcknowledgementPacket.Read(frame));
                return ValueTask.CompletedTask;
            case PacketType.Subscribe:
                return SubscribeAsync(SubscribePacket.Read(frame), cancellation);
            case PacketType.Unsubscribe:
                return UnsubscribeAsync(UnsubscribePacket.Read(frame), cancellation);
            case PacketType.PingReq:
                EmptyPacket.Check(frame);
                outbound.PingResp();
                return ValueTask.CompletedTask;
            default:
                throw new MqttProtocolException($"A client must not send {frame.Type} here.");
        }
    }

    private ValueTask PublishAsync(in PublishPacket packet, CancellationToken cancellation)
    {
        var qos = packet.Message.Qos;
        if (qos > session.MaximumQos)
        {
            throw new MqttProtocolException($"QoS {(byte)qos} is not supported here.");
        }

        PacketType? answer = qos switch
        {
            MqttQos.AtMostOnce => null,
            MqttQos.AtLeastOnce => PacketType.PubAck,
            _ => PacketType.PubRec,
        };
        var known = qos == MqttQos.ExactlyOnce && !(unreleased ??= []).Add(packet.PacketId);
        var durable = known ? Task.CompletedTask : session.OnPublish(packet.Message, cancellation);
        return answer is null && durable.IsCompletedSuccessfully
            ? ValueTask.CompletedTask
            : acknowledgements.AddAsync(answer, packet.PacketId, durable, cancellation);
    }

    private void Release(ushort id)
    {
        if (session.MaximumQos < MqttQos.ExactlyOnce)
        {
            throw new MqttProtocolException("There is no QoS 2 here.");
        }

        unreleased?.Remove(id);
        outbound.Acknowledge(PacketType.PubComp, id);
    }

    private async ValueTask SubscribeAsync(SubscribePacket packet, CancellationToken cancellation)
    {
        var codes = await session.OnSubscribeAsync(packet.Subscriptions, cancellation);
        outbound.SubAck(packet.PacketId, codes);
        session.OnReady();
    }

    private async ValueTask UnsubscribeAsync(UnsubscribePacket packet, CancellationToken cancellation)
    {
        await session.OnUnsubscribeAsync(packet.Filters, cancellation);
        outbound.Acknowledge(PacketType.UnsubAck, packet.PacketId);
    }
}
