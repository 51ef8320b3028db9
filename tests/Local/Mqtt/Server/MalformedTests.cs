using Serverless.Local.Tests.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.Server;

/// <summary>What is malformed closes its own connection and nothing else.</summary>
public sealed class MalformedTests
{
    [Theory]
    [MemberData(nameof(SamplePackets.Names), MemberType = typeof(SamplePackets))]
    public async Task A_packet_that_is_too_short_for_its_fields_closes_its_connection(string name)
    {
        var packet = SamplePackets.All[name];
        byte[] cut = packet.Length == 2 ? [packet[0], 1, 0] : ClientPackets.Packet(packet[0], packet[2..3]);
        await AssertClosesAsync(cut);
    }

    [Theory]
    [MemberData(nameof(SamplePackets.Names), MemberType = typeof(SamplePackets))]
    public Task A_packet_that_is_too_large_closes_its_connection(string name) =>
        AssertClosesAsync([SamplePackets.All[name][0], 0xFF, 0xFF, 0xFF, 0x7F]);

    [Theory]
    [MemberData(nameof(SamplePackets.Names), MemberType = typeof(SamplePackets))]
    public Task Garbage_behind_a_header_closes_its_connection(string name) =>
        AssertClosesAsync(ClientPackets.Packet(SamplePackets.All[name][0], [.. Enumerable.Repeat((byte)0xFF, 100)]));

    [Theory]
    [InlineData(0x20)]
    [InlineData(0x50)]
    [InlineData(0x62)]
    [InlineData(0x70)]
    [InlineData(0x90)]
    [InlineData(0xB0)]
    [InlineData(0xD0)]
    [InlineData(0xF0)]
    public Task A_packet_that_a_device_must_not_send_closes_its_connection(byte first) => AssertClosesAsync([first, 2, 0, 1]);

    [Fact]
    public async Task Random_bytes_close_their_connections_and_no_other()
    {
        await using var endpoint = await StartAsync();
        await using var other = await endpoint.ConnectAsync("other");
        var random = new Random(1883);
        for (var i = 0; i < 50; i++)
        {
            await using var client = i % 2 == 0 ? await endpoint.OpenAsync() : await endpoint.ConnectAsync("dev1");
            var bytes = new byte[200];
            random.NextBytes(bytes);
            bytes[0] = 0xFF;
            await client.SendAsync(bytes);
            await client.AssertClosedAsync();
        }

        await other.PingAsync();
    }

    [Fact]
    public async Task Packets_one_byte_at_a_time_are_understood()
    {
        await using var endpoint = await StartAsync();
        await endpoint.RegisterAsync("dev1");
        await using var device = await endpoint.OpenAsync();
        byte[] bytes =
        [
            .. ClientPackets.Connect("dev1", UserName("dev1"), endpoint.Token("dev1")),
            .. ClientPackets.Publish("devices/dev1/messages/events/", "21.5", qos: 1, id: 3),
        ];
        foreach (var value in bytes)
        {
            await device.SendAsync([value]);
        }

        await device.ReadAsync();
        Assert.Equal(3, (await device.ReadAsync()).PacketId);
    }

    private static async Task AssertClosesAsync(byte[] bytes)
    {
        await using var endpoint = await StartAsync();
        await using var other = await endpoint.ConnectAsync("other");
        await using var client = await endpoint.OpenAsync();
        await client.SendAsync(bytes);
        await client.AssertClosedAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.SendAsync(bytes);
        Assert.Null(await device.TryReadAsync());
        await other.PingAsync();
    }
}
