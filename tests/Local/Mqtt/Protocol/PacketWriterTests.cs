using System.Buffers;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Tests.Mqtt.Protocol;

public sealed class PacketWriterTests
{
    private readonly ArrayBufferWriter<byte> written = new();

    [Theory]
    [InlineData(true, new byte[] { 0x20, 2, 1, 0 })]
    [InlineData(false, new byte[] { 0x20, 2, 0, 0 })]
    public void CONNACK_says_whether_the_session_goes_on(bool present, byte[] expected)
    {
        PacketWriter.ConnAck(written, ConnectReturnCode.Accepted, present);
        Assert.Equal(expected, written.WrittenSpan.ToArray());
    }

    [Fact]
    public void Acknowledgements_are_four_bytes()
    {
        PacketWriter.Acknowledgement(written, PacketType.PubAck, 0x0102);
        PacketWriter.Acknowledgement(written, PacketType.UnsubAck, 0xFFFE);
        PacketWriter.PingResp(written);
        Assert.Equal([0x40, 2, 1, 2, 0xB0, 2, 0xFF, 0xFE, 0xD0, 0], written.WrittenSpan.ToArray());
    }

    [Fact]
    public void SUBACK_has_a_code_for_each_filter()
    {
        PacketWriter.SubAck(written, 0x0102, [0, 1, 0x80]);
        Assert.Equal([0x90, 5, 1, 2, 0, 1, 0x80], written.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 122)]
    [InlineData(1, 123)]
    [InlineData(1, 16_000)]
    [InlineData(1, 300_000)]
    public void PUBLISH_is_read_back(int qos, int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        PacketWriter.Publish(written, new MqttMessage("tä/b", payload, (MqttQos)qos), 513, duplicate: qos == 1);
        var buffer = new ReadOnlySequence<byte>(written.WrittenMemory);
        Assert.True(FrameReader.TryRead(ref buffer, 1_000_000, out var frame));
        Assert.True(buffer.IsEmpty);
        var packet = PublishPacket.Read(frame, new TopicCache());
        Assert.Equal(("tä/b", (MqttQos)qos), (packet.Message.Topic, packet.Message.Qos));
        Assert.Equal((qos == 0 ? 0 : 513, qos == 1), (packet.PacketId, packet.Duplicate));
        Assert.Equal(payload, packet.Message.Payload.Span);
    }

    [Fact]
    public void A_topic_that_is_too_long_is_refused() =>
        Assert.Throws<ArgumentException>(() =>
            PacketWriter.Publish(written, new MqttMessage(new string('a', 65_536), default, MqttQos.AtMostOnce), 0, duplicate: false)
        );
}
