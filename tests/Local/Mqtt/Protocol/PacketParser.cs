using System.Buffers;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Tests.Mqtt.Protocol;

/// <summary>Reads whatever packet there is.</summary>
internal static class PacketParser
{
    public const int Maximum = 1024;

    public static object? Parse(byte[] bytes) => Parse(new ReadOnlySequence<byte>(bytes));

    /// <returns>The packet, or null where it is not all there.</returns>
    public static object? Parse(ReadOnlySequence<byte> bytes) =>
        FrameReader.TryRead(ref bytes, Maximum, out var frame) ? Parse(frame) : null;

    public static object Parse(in Frame frame)
    {
        switch (frame.Type)
        {
            case PacketType.Connect:
                return ConnectPacket.Read(frame);
            case PacketType.Publish:
                return PublishPacket.Read(frame, new TopicCache());
            case PacketType.Subscribe:
                return SubscribePacket.Read(frame);
            case PacketType.Unsubscribe:
                return UnsubscribePacket.Read(frame);
            case PacketType.PingReq or PacketType.Disconnect:
                EmptyPacket.Check(frame);
                return frame.Type;
            default:
                return AcknowledgementPacket.Read(frame);
        }
    }

    /// <summary>A sequence of segments of one byte each.</summary>
    public static ReadOnlySequence<byte> Shred(byte[] bytes)
    {
        Segment? first = null;
        Segment? last = null;
        foreach (var value in bytes)
        {
            last = new Segment([value], last);
            first ??= last;
        }

        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, 1);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? previous)
        {
            Memory = bytes;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
