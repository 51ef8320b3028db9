using System.Text;
using Serverless.Domain.Devices;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.IotHub;

public sealed class DeviceboundTests
{
    private const string Filter = "devices/dev1/messages/devicebound/#";
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public async Task A_message_has_its_properties_in_its_topic()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        Assert.Equal([1], await device.SubscribeAsync((Filter, 1)));
        var system = new Dictionary<string, string> { ["correlation-id"] = "c1", ["iothub-enqueuedtime"] = "left out" };
        var properties = new Dictionary<string, string> { ["prop1"] = "a b" };
        await endpoint.Gateway.SendAsync(
            "dev1",
            new CloudToDeviceMessage("m1", "hi"u8.ToArray(), system, properties),
            CancellationToken.None
        );
        var message = await device.ReadAsync(PacketType.Publish);
        Assert.Equal(
            "devices/dev1/messages/devicebound/%24.to=%2Fdevices%2Fdev1%2Fmessages%2Fdevicebound&%24.mid=m1&%24.cid=c1&prop1=a%20b",
            message.Topic
        );
        Assert.Equal("hi", message.Payload);
        Assert.Equal(1, message.Qos);
        Assert.False(message.Duplicate);
    }

    [Fact]
    public async Task A_message_stays_in_the_queue_until_PUBACK()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.SubscribeAsync((Filter, 1));
        await SendAsync(endpoint, "m1");
        var message = await device.ReadAsync(PacketType.Publish);
        Assert.Equal(1, endpoint.Hub.QueueLength("dev1"));
        await device.SendAsync([.. ClientPackets.PubAck(message.PacketId), .. ClientPackets.Disconnect]);
        await device.AssertClosedAsync();
        Assert.Equal(0, endpoint.Hub.QueueLength("dev1"));
    }

    [Fact]
    public async Task What_is_not_acknowledged_comes_again_with_DUP_and_the_same_identifier()
    {
        await using var endpoint = await StartAsync();
        var device = await endpoint.ConnectAsync("dev1", clean: false);
        await device.SubscribeAsync((Filter, 1));
        await SendAsync(endpoint, "m1");
        await SendAsync(endpoint, "m2");
        var first = await device.ReadAsync(PacketType.Publish);
        var second = await device.ReadAsync(PacketType.Publish);
        await device.SendAsync([.. ClientPackets.PubAck(first.PacketId), .. ClientPackets.Disconnect]);
        await device.AssertClosedAsync();
        await device.DisposeAsync();
        await SendAsync(endpoint, "m3");

        await using var again = await endpoint.ConnectAsync("dev1", clean: false);
        var redelivered = await again.ReadAsync(PacketType.Publish);
        Assert.True(redelivered.Duplicate);
        Assert.Equal((second.PacketId, second.Topic), (redelivered.PacketId, redelivered.Topic));
        var third = await again.ReadAsync(PacketType.Publish);
        Assert.False(third.Duplicate);
        Assert.Contains("m3", third.Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_session_goes_on_and_says_so()
    {
        await using var endpoint = await StartAsync();
        await using (var device = await endpoint.ConnectAsync("dev1", clean: false))
        {
            await device.SubscribeAsync((Filter, 1), ("$iothub/methods/POST/#", 0));
        }

        Assert.Equal(
            HubSubscriptions.Messages | HubSubscriptions.MessagesAtLeastOnce | HubSubscriptions.Methods,
            endpoint.Hub.Session("dev1")
        );
        await using var again = await endpoint.OpenAsync();
        await again.SendAsync(ClientPackets.Connect("dev1", UserName("dev1"), endpoint.Token("dev1"), clean: false));
        Assert.Equal([1, 0], (await again.ReadAsync(PacketType.ConnAck)).Body);
    }

    [Fact]
    public async Task A_clean_session_ends_the_kept_one()
    {
        await using var endpoint = await StartAsync();
        await using (var device = await endpoint.ConnectAsync("dev1", clean: false))
        {
            await device.SubscribeAsync((Filter, 1));
        }

        await using var again = await endpoint.ConnectAsync("dev1");
        Assert.Null(endpoint.Hub.Session("dev1"));
        await SendAsync(endpoint, "m1");
        await again.PingAsync();
        Assert.Equal(1, endpoint.Hub.QueueLength("dev1"));
    }

    [Fact]
    public async Task Unsubscribing_stops_the_messages()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1", clean: false);
        await device.SubscribeAsync((Filter, 1));
        await device.SendAsync(ClientPackets.Unsubscribe(9, Filter, "not/subscribed"));
        Assert.Equal(9, (await device.ReadAsync(PacketType.UnsubAck)).PacketId);
        await SendAsync(endpoint, "m1");
        await device.PingAsync();
        Assert.Equal(HubSubscriptions.None, endpoint.Hub.Session("dev1"));
    }

    [Fact]
    public async Task No_more_than_the_window_is_on_its_way()
    {
        await using var endpoint = await StartAsync(configure: options => options.DeliveryWindow = 2);
        await using var device = await endpoint.ConnectAsync("dev1");
        foreach (var id in (string[])["m1", "m2", "m3"])
        {
            await SendAsync(endpoint, id);
        }

        await device.SubscribeAsync((Filter, 1));
        var first = await device.ReadAsync(PacketType.Publish);
        await device.ReadAsync(PacketType.Publish);
        await device.PingAsync();
        await device.SendAsync(ClientPackets.PubAck(first.PacketId));
        Assert.Contains("m3", (await device.ReadAsync(PacketType.Publish)).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_QoS_0_a_message_is_done_when_it_is_sent()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        Assert.Equal([0], await device.SubscribeAsync((Filter, 0)));
        await SendAsync(endpoint, "m1");
        Assert.Equal(0, (await device.ReadAsync(PacketType.Publish)).Qos);
        await device.SendAsync(ClientPackets.Disconnect);
        await device.AssertClosedAsync();
        Assert.Equal(0, endpoint.Hub.QueueLength("dev1"));
    }

    [Fact]
    public async Task An_expired_message_is_not_delivered()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await SendAsync(endpoint, "m1", endpoint.Clock.GetUtcNow().AddSeconds(10));
        await SendAsync(endpoint, "m2");
        endpoint.Clock.Advance(TimeSpan.FromSeconds(10));
        await device.SubscribeAsync((Filter, 1));
        Assert.Contains("m2", (await device.ReadAsync(PacketType.Publish)).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscriptions_get_at_most_QoS_1_and_foreign_filters_are_refused()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        var codes = await device.SubscribeAsync(
            (Filter, 2),
            ("devices/dev2/messages/devicebound/#", 1),
            ("#", 0),
            ("$iothub/twin/res/#", 0)
        );
        Assert.Equal([1, 0x80, 0x80, 0], codes);
        var many = await device.SubscribeAsync([.. Enumerable.Repeat((Filter, 1), 6)]);
        Assert.Equal([1, 1, 1, 1, 1, 0x80], many);
    }

    [Fact]
    public async Task An_acknowledgement_of_nothing_is_ignored()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.SendAsync(ClientPackets.PubAck(77));
        await device.PingAsync();
    }

    private static Task SendAsync(TestEndpoint endpoint, string id, DateTimeOffset? expires = null) =>
        endpoint.Gateway.SendAsync(
            "dev1",
            new CloudToDeviceMessage(id, Encoding.UTF8.GetBytes(id), None, None, expires),
            CancellationToken.None
        );
}
