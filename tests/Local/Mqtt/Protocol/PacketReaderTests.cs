using System.Buffers;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;

namespace Serverless.Local.Tests.Mqtt.Protocol;

public sealed class PacketReaderTests
{
    [Fact]
    public void CONNECT_is_read_with_all_its_fields()
    {
        var packet = Assert.IsType<ConnectPacket>(PacketParser.Parse(SamplePackets.All["CONNECT"]));
        Assert.Equal(("dev1", false, (ushort)300, "user"), (packet.ClientId, packet.CleanSession, packet.KeepAlive, packet.UserName));
        Assert.Equal("secret"u8, packet.Password!.Value.Span);
        Assert.Equal(("a/b", MqttQos.AtLeastOnce, false), (packet.Will!.Topic, packet.Will.Qos, packet.Will.Retain));
        Assert.Equal([1, 2], packet.Will.Payload.ToArray());
    }

    [Fact]
    public void CONNECT_needs_no_credentials()
    {
        var packet = Assert.IsType<ConnectPacket>(PacketParser.Parse(ClientPackets.Connect("")));
        Assert.True(packet.CleanSession);
        Assert.Null(packet.UserName);
        Assert.Null(packet.Password);
        Assert.Null(packet.Will);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void PUBLISH_is_read_with_its_flags(int qos, bool flagged)
    {
        var bytes = ClientPackets.Publish("a/b", [9, 8], qos, id: 513, retain: flagged, duplicate: flagged);
        var packet = Assert.IsType<PublishPacket>(PacketParser.Parse(bytes));
        Assert.Equal(("a/b", (MqttQos)qos, flagged), (packet.Message.Topic, packet.Message.Qos, packet.Message.Retain));
        Assert.Equal((qos == 0 ? 0 : 513, flagged), (packet.PacketId, packet.Duplicate));
        Assert.Equal([9, 8], packet.Message.Payload.ToArray());
    }

    [Fact]
    public void SUBSCRIBE_and_UNSUBSCRIBE_are_read_with_their_filters()
    {
        var subscribe = Assert.IsType<SubscribePacket>(PacketParser.Parse(SamplePackets.All["SUBSCRIBE"]));
        Assert.Equal(513, subscribe.PacketId);
        Assert.Equal([new("a/#", MqttQos.AtLeastOnce), new("b/+/c", MqttQos.AtMostOnce)], subscribe.Subscriptions);
        var unsubscribe = Assert.IsType<UnsubscribePacket>(PacketParser.Parse(SamplePackets.All["UNSUBSCRIBE"]));
        Assert.Equal(513, unsubscribe.PacketId);
        Assert.Equal(["a/#", "b/+/c"], unsubscribe.Filters);
    }

    [Theory]
    [MemberData(nameof(SamplePackets.Names), MemberType = typeof(SamplePackets))]
    public void A_packet_in_pieces_is_not_read_before_its_last_byte(string name)
    {
        var bytes = SamplePackets.All[name];
        for (var length = 0; length < bytes.Length; length++)
        {
            var buffer = PacketParser.Shred(bytes[..length]);
            Assert.False(FrameReader.TryRead(ref buffer, PacketParser.Maximum, out _));
            Assert.Equal(length, buffer.Length);
        }

        Assert.NotNull(PacketParser.Parse(PacketParser.Shred(bytes)));
    }

    [Theory]
    [MemberData(nameof(SamplePackets.Names), MemberType = typeof(SamplePackets))]
    public void A_packet_that_ends_too_early_is_malformed(string name)
    {
        var bytes = SamplePackets.All[name];
        for (var length = 0; length < bytes.Length - 2; length++)
        {
            // PUBLISH without its payload, and lists without their last entry, are packets too.
            var cut = ClientPackets.Packet(bytes[0], bytes[2..(2 + length)]);
            if (!IsWhole(name, length))
            {
                Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(cut));
            }
        }
    }

    [Theory]
    [MemberData(nameof(SamplePackets.Names), MemberType = typeof(SamplePackets))]
    public void A_packet_that_goes_on_behind_its_end_is_malformed(string name)
    {
        var bytes = ClientPackets.Packet(SamplePackets.All[name][0], [.. SamplePackets.All[name][2..], 0]);
        if (name != "PUBLISH")
        {
            Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(SamplePackets.Names), MemberType = typeof(SamplePackets))]
    public void A_packet_beyond_the_limit_is_refused_before_it_is_there(string name)
    {
        var header = ClientPackets.Packet(SamplePackets.All[name][0], new byte[PacketParser.Maximum + 1])[..3];
        Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(header));
        Assert.Throws<MqttProtocolException>(() => PacketParser.Parse([header[0], 0xFF, 0xFF, 0xFF, 0xFF]));
    }

    [Theory]
    [MemberData(nameof(SamplePackets.Names), MemberType = typeof(SamplePackets))]
    public void Other_flags_are_refused(string name)
    {
        var bytes = SamplePackets.All[name];
        for (var flags = 0; flags < 16; flags++)
        {
            var changed = (byte)((bytes[0] & 0xF0) | flags);
            var valid = name == "PUBLISH" ? (flags & 6) != 6 && (flags & 14) != 8 : changed == bytes[0];
            var error = Record.Exception(() => PacketParser.Parse([changed, .. bytes[1..]]));
            Assert.Equal(valid, error is null);
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xF0)]
    public void Reserved_types_are_refused(byte first) => Assert.Throws<MqttProtocolException>(() => PacketParser.Parse([first, 0]));

    [Theory]
    [InlineData("")]
    [InlineData("a/+")]
    [InlineData("#")]
    [InlineData("a\0b")]
    public void A_topic_name_has_no_wildcard_and_no_null(string topic) =>
        Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(ClientPackets.Publish(topic, [])));

    [Theory]
    [InlineData("", false)]
    [InlineData("a#", false)]
    [InlineData("a/#/b", false)]
    [InlineData("a+/b", false)]
    [InlineData("a/+b", false)]
    [InlineData("#", true)]
    [InlineData("+", true)]
    [InlineData("+/a/+/#", true)]
    public void A_wildcard_takes_a_whole_level_of_a_filter(string filter, bool valid) =>
        Assert.Equal(valid, Record.Exception(() => PacketParser.Parse(ClientPackets.Subscribe(1, (filter, 0)))) is null);

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    public void A_string_is_valid_UTF_8(byte[] text)
    {
        byte[] body = [0, (byte)text.Length, .. text];
        Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(ClientPackets.Packet(0x30, body)));
    }

    [Fact]
    public void An_identifier_of_zero_is_refused()
    {
        Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(ClientPackets.PubAck(0)));
        Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(ClientPackets.Publish("a", [], qos: 1, id: 0)));
        Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(ClientPackets.Subscribe(0, ("a", 0))));
    }

    [Theory]
    [InlineData(0b0000_0001)] // reserved
    [InlineData(0b0100_0000)] // a password without a user name
    [InlineData(0b0000_1000)] // a will's QoS without a will
    [InlineData(0b0010_0000)] // a will's RETAIN without a will
    [InlineData(0b0001_1100)] // a will at QoS 3
    public void Connect_flags_that_contradict_each_other_are_refused(byte flags)
    {
        var bytes = ClientPackets.Connect("dev1");
        bytes[9] = flags;
        Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(bytes));
    }

    [Fact]
    public void A_kept_session_without_a_name_is_answered_with_code_2()
    {
        var error = Assert.Throws<MqttProtocolException>(() => PacketParser.Parse(ClientPackets.Connect("", clean: false)));
        Assert.Equal(ConnectReturnCode.IdentifierRejected, error.ReturnCode);
    }

    [Fact]
    public void Random_bytes_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(20261121);
        var samples = SamplePackets.All.Values.ToArray();
        for (var i = 0; i < 200_000; i++)
        {
            byte[] bytes = [.. samples[random.Next(samples.Length)]];
            if (i % 4 == 0)
            {
                random.NextBytes(bytes.AsSpan(random.Next(2)));
            }
            else
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                PacketParser.Parse(bytes);
            }
            catch (MqttProtocolException) { }
        }
    }

    [Fact]
    public void Two_packets_are_read_one_after_the_other()
    {
        var buffer = new ReadOnlySequence<byte>([.. ClientPackets.PingReq, .. ClientPackets.PubAck(5), 0x30]);
        Assert.True(FrameReader.TryRead(ref buffer, PacketParser.Maximum, out var first));
        Assert.Equal(PacketType.PingReq, first.Type);
        Assert.True(FrameReader.TryRead(ref buffer, PacketParser.Maximum, out var second));
        Assert.Equal(5, AcknowledgementPacket.Read(second));
        Assert.False(FrameReader.TryRead(ref buffer, PacketParser.Maximum, out _));
        Assert.Equal(1, buffer.Length);
    }

    [Fact]
    public void A_topic_is_decoded_once_while_it_stays_the_same()
    {
        var topics = new TopicCache();
        var first = topics.Read(PacketParser.Shred("a/b"u8.ToArray()));
        Assert.Same(first, topics.Read(new ReadOnlySequence<byte>("a/b"u8.ToArray())));
        Assert.Equal("a/c", topics.Read(new ReadOnlySequence<byte>("a/c"u8.ToArray())));
    }

    private static bool IsWhole(string name, int length) =>
        name switch
        {
            "PUBLISH" => length >= 2 + 29 + 2,
            "SUBSCRIBE" => length == 2 + 2 + 3 + 1,
            "UNSUBSCRIBE" => length == 2 + 2 + 3,
            _ => false,
        };
}
