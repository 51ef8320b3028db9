using System.Text;
using Serverless.Domain.Devices;
using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Topics.DialectTopicSpaceTests;

namespace Serverless.Local.Tests.Mqtt.Topics;

/// <summary>Devices that are reached through a dialect's connections.</summary>
public sealed class AttachmentTests : IAsyncDisposable
{
    private static readonly Dictionary<string, string> None = [];
    private readonly TestDialect dialect = new();
    private readonly MemoryHub hub = new();
    private TestEndpoint? endpoint;

    private TestEndpoint Endpoint => endpoint ?? throw new InvalidOperationException("The test has not begun.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => endpoint?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_devices_messages_go_to_the_connection_that_attaches_it()
    {
        await StartAsync();
        await SendAsync("d1", "waiting");
        await using var client = await AttachedAsync("c1", 1, "d1");
        await SendAsync("d1", "new");
        foreach (var expected in (string[])["waiting", "new"])
        {
            var message = await client.ReadAsync(PacketType.Publish);
            Assert.Equal(("to/d1", expected, 1), (message.Topic, message.Payload, message.Qos));
            await client.SendAsync(ClientPackets.PubAck(message.PacketId));
        }

        await EmptyAsync("d1");
    }

    [Fact]
    public async Task An_unacknowledged_message_stays_and_goes_to_the_next_connection_in_order()
    {
        await StartAsync();
        var client = await AttachedAsync("c1", 1, "d1");
        for (var i = 0; i < 3; i++)
        {
            await SendAsync("d1", $"m{i}");
            Assert.Equal($"m{i}", (await client.ReadAsync(PacketType.Publish)).Payload);
        }

        await client.DisposeAsync();
        await using var again = await AttachedAsync("c1", 1, "d1");
        for (var i = 0; i < 3; i++)
        {
            var message = await again.ReadAsync(PacketType.Publish);
            Assert.Equal($"m{i}", message.Payload);
            await again.SendAsync(ClientPackets.PubAck(message.PacketId));
        }

        await EmptyAsync("d1");
    }

    [Fact]
    public async Task At_QoS_0_a_message_is_gone_when_it_is_on_its_way()
    {
        await StartAsync();
        await using var client = await AttachedAsync("c1", 0, "d1");
        for (var i = 0; i < 100; i++)
        {
            await SendAsync("d1", $"m{i}");
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(
                ($"m{i}", 0),
                await client.ReadAsync(PacketType.Publish) is var message ? (message.Payload, message.Qos) : default
            );
        }

        await EmptyAsync("d1");
    }

    [Fact]
    public async Task An_expired_message_is_left_out()
    {
        await StartAsync();
        await SendAsync("d1", "old", Endpoint.Clock.GetUtcNow().AddSeconds(1));
        await SendAsync("d1", "new");
        Endpoint.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var client = await AttachedAsync("c1", 1, "d1");
        Assert.Equal("new", (await client.ReadAsync(PacketType.Publish)).Payload);
    }

    [Fact]
    public async Task The_newest_connection_serves_and_then_the_older_one_again()
    {
        await StartAsync();
        await using var older = await AttachedAsync("c1", 1, "d1");
        var newer = await AttachedAsync("c2", 1, "d1");
        await SendAsync("d1", "m1");
        var first = await newer.ReadAsync(PacketType.Publish);
        await newer.SendAsync([.. ClientPackets.PubAck(first.PacketId), .. ClientPackets.Disconnect]);
        await newer.AssertClosedAsync();
        await SendAsync("d1", "m2");
        var second = await older.ReadAsync(PacketType.Publish);
        Assert.Equal("m2", second.Payload);
        await older.SendAsync(ClientPackets.PubAck(second.PacketId));
        await EmptyAsync("d1");
        Assert.Equal([("d1", true)], hub.Connections);
    }

    [Fact]
    public async Task A_hub_session_serves_where_it_is_the_newest_that_takes_messages()
    {
        await StartAsync();
        await using var client = await AttachedAsync("c1", 1, "d1");
        await using var device = await Endpoint.ConnectAsync("d1");
        await SendAsync("d1", "m1");
        var first = await client.ReadAsync(PacketType.Publish);
        await client.SendAsync(ClientPackets.PubAck(first.PacketId));
        await client.PingAsync();
        await device.SubscribeAsync(("devices/d1/messages/devicebound/#", 1));
        await SendAsync("d1", "m2");
        Assert.Equal("m2", (await device.ReadAsync(PacketType.Publish)).Payload);
    }

    [Fact]
    public async Task An_attached_device_is_connected_but_takes_no_methods()
    {
        await StartAsync();
        var client = await AttachedAsync("c1", 1, "d1");
        var since = Endpoint.Clock.GetUtcNow();
        Assert.Equal(
            new ConnectionState(true, since, TakesMethods: false, MessagesOnly: true),
            await Endpoint.Gateway.GetConnectionAsync("d1", Cancellation)
        );
        var call = new MethodCall("reboot", null, TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<DeviceOfflineException>(() => Endpoint.Gateway.InvokeMethodAsync("d1", call, Cancellation));
        await using var device = await Endpoint.ConnectAsync("d1");
        Assert.False((await Endpoint.Gateway.GetConnectionAsync("d1", Cancellation)).TakesMethods);
        await device.SubscribeAsync(("$iothub/methods/POST/#", 0));
        Assert.True((await Endpoint.Gateway.GetConnectionAsync("d1", Cancellation)).TakesMethods);
        Assert.Equal([("d1", true)], hub.Connections);
        await device.SendAsync(ClientPackets.Disconnect);
        await device.AssertClosedAsync();
        await client.SendAsync(ClientPackets.Disconnect);
        await client.AssertClosedAsync();
        Assert.Equal([("d1", true), ("d1", false)], hub.Connections);
        Assert.False((await Endpoint.Gateway.GetConnectionAsync("d1", Cancellation)).Connected);
    }

    [Fact]
    public async Task A_detached_device_is_gone_and_its_messages_wait()
    {
        await StartAsync();
        await using var client = await AttachedAsync("c1", 1, "d1", "d2");
        dialect.Sessions.Single().Link.Detach("d1");
        await SendAsync("d1", "m1");
        await SendAsync("d2", "m2");
        Assert.Equal("to/d2", (await client.ReadAsync(PacketType.Publish)).Topic);
        Assert.Equal(1, hub.QueueLength("d1"));
        Assert.False((await Endpoint.Gateway.GetConnectionAsync("d1", Cancellation)).Connected);
    }

    [Fact]
    public async Task A_removed_device_is_detached_and_its_connection_stays()
    {
        await StartAsync();
        await using var client = await AttachedAsync("c1", 1, "d1", "d2");
        await Endpoint.Gateway.RemoveAsync("d1", Cancellation);
        Assert.False((await Endpoint.Gateway.GetConnectionAsync("d1", Cancellation)).Connected);
        await SendAsync("d2", "m2");
        Assert.Equal("m2", (await client.ReadAsync(PacketType.Publish)).Payload);
    }

    [Fact]
    public async Task Many_devices_share_a_connections_window_and_all_get_theirs()
    {
        await StartAsync(options => options.PublishWindow = 3);
        var names = Enumerable.Range(0, 20).Select(i => $"d{i}").ToArray();
        foreach (var i in Enumerable.Range(0, 10))
        {
            foreach (var name in names)
            {
                await SendAsync(name, $"{i}");
            }
        }

        await using var client = await AttachedAsync("c1", 1, names);
        var received = names.ToDictionary(name => $"to/{name}", _ => 0);
        for (var i = 0; i < 200; i++)
        {
            var message = await client.ReadAsync(PacketType.Publish);
            Assert.Equal($"{received[message.Topic]++}", message.Payload);
            await client.SendAsync(ClientPackets.PubAck(message.PacketId));
        }

        Assert.All(received.Values, count => Assert.Equal(10, count));
        await client.PingAsync();
    }

    [Fact]
    public async Task A_message_that_the_dialect_cannot_say_stays_and_the_next_one_goes()
    {
        await StartAsync();
        await SendAsync("d1", "+");
        await SendAsync("d1", "throw");
        await SendAsync("d1", "good");
        var client = await ConnectAsync(Endpoint, "c1");
        Attach(
            "c1",
            "d1",
            message => Text(message) == "throw" ? throw new FormatException() : new TopicMessage(Text(message), message.Body, 1)
        );
        var good = await client.ReadAsync(PacketType.Publish);
        Assert.Equal("good", good.Topic);
        await client.SendAsync([.. ClientPackets.PubAck(good.PacketId), .. ClientPackets.Disconnect]);
        await client.AssertClosedAsync();
        Assert.Equal(2, hub.QueueLength("d1"));
    }

    [Fact]
    public async Task A_client_that_reads_nothing_keeps_its_messages_in_the_queue_at_QoS_0()
    {
        await StartAsync(options => options.SendBufferBytes = 256 * 1024);
        var client = await AttachedAsync("c1", 0, "d1");
        for (var i = 0; i < 500; i++)
        {
            var message = new CloudToDeviceMessage($"m{i}", new byte[64 * 1024], None, None);
            await Endpoint.Gateway.SendAsync("d1", message, Cancellation);
        }

        await client.DisposeAsync();
        await dialect.ExpectAsync("c1 connected", "c1 disconnected");
        Assert.True(hub.QueueLength("d1") > 300);
    }

    private async Task StartAsync(Action<MqttOptions>? configure = null) =>
        endpoint = await TestEndpoint.StartAsync(configure: configure, dialect: dialect, earlier: hub);

    private async Task<TestClient> AttachedAsync(string clientId, int qos, params string[] hubIds)
    {
        var client = await ConnectAsync(Endpoint, clientId);
        foreach (var hubId in hubIds)
        {
            Attach(clientId, hubId, message => new TopicMessage($"to/{hubId}", message.Body, qos));
        }

        return client;
    }

    private void Attach(string clientId, string hubId, Func<CloudToDeviceMessage, TopicMessage> toTopic) =>
        dialect.Sessions.Last(session => session.Key == clientId).Link.Attach(hubId, toTopic);

    private Task SendAsync(string hubId, string text, DateTimeOffset? expires = null) =>
        Endpoint.Gateway.SendAsync(hubId, new CloudToDeviceMessage(text, Encoding.UTF8.GetBytes(text), None, None, expires), Cancellation);

    private async Task EmptyAsync(string hubId)
    {
        while (hub.QueueLength(hubId) > 0)
        {
            await Task.Yield();
            Cancellation.ThrowIfCancellationRequested();
        }
    }

    private static string Text(CloudToDeviceMessage message) => Encoding.UTF8.GetString(message.Body.Span);
}
