using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.IotHub;

public sealed class TelemetryTests
{
    private const string Topic = "devices/dev1/messages/events/";

    [Fact]
    public async Task A_message_arrives_with_its_properties()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        var bag = "%24.mid=mid%201&%24.cid=cid&$.ct=application%2Fjson&%24.ce=utf-8&alert=true&a%20b=c%26d&none&empty=";
        await device.SendAsync(ClientPackets.Publish(Topic + bag, """{"temp":21.5}""", qos: 1, id: 7));
        Assert.Equal(7, (await device.ReadAsync(PacketType.PubAck)).PacketId);

        var message = await endpoint.Ingest.NextAsync();
        Assert.Equal("dev1", message.HubId);
        Assert.Equal("""{"temp":21.5}"""u8, message.Body.Span);
        Assert.Equal(endpoint.Clock.GetUtcNow(), message.EnqueuedTime);
        Assert.Equal(Serverless.Domain.Telemetry.MessageSource.Telemetry, message.Source);
        Assert.Equal("mid 1", message.System["message-id"]);
        Assert.Equal("cid", message.System["correlation-id"]);
        Assert.Equal("application/json", message.System["content-type"]);
        Assert.Equal("utf-8", message.System["content-encoding"]);
        Assert.Equal("dev1", message.System["iothub-connection-device-id"]);
        Assert.Equal("""{"scope":"device","type":"sas","issuer":"iothub"}""", message.System["iothub-connection-auth-method"]);
        Assert.Equal("Telemetry", message.System["iothub-message-source"]);
        Assert.Equal([("a b", "c&d"), ("alert", "true"), ("empty", ""), ("none", "")], Sorted(message.Properties));
    }

    [Fact]
    public async Task Messages_of_one_instant_have_times_of_their_own_in_their_order()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.SendAsync([.. ClientPackets.Publish(Topic, "1", qos: 1, id: 1), .. ClientPackets.Publish(Topic, "2", qos: 1, id: 2)]);

        var messages = (await endpoint.Ingest.NextBatchAsync()).ToList();
        while (messages.Count < 2)
        {
            messages.AddRange(await endpoint.Ingest.NextBatchAsync());
        }

        Assert.Equal(TimeSpan.FromMicroseconds(1), messages[1].EnqueuedTime - messages[0].EnqueuedTime);
    }

    [Fact]
    public async Task PUBACK_waits_for_the_commit()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        var commit = new TaskCompletionSource();
        endpoint.Ingest.Commit = commit.Task;
        await device.SendAsync(ClientPackets.Publish(Topic, "1", qos: 1, id: 1));
        await endpoint.Ingest.NextAsync();
        await device.PingAsync();
        commit.SetResult();
        Assert.Equal(1, (await device.ReadAsync(PacketType.PubAck)).PacketId);
    }

    [Fact]
    public async Task Messages_that_come_during_a_commit_go_together_into_the_next_one()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await using var other = await endpoint.ConnectAsync("dev2");
        var commit = new TaskCompletionSource();
        endpoint.Ingest.Commit = commit.Task;
        await device.SendAsync(ClientPackets.Publish(Topic, "1", qos: 1, id: 1));
        await endpoint.Ingest.NextAsync();
        endpoint.Ingest.Commit = Task.CompletedTask;
        await device.SendAsync([.. ClientPackets.Publish(Topic, "2", qos: 1, id: 2), .. ClientPackets.Publish(Topic, "3", qos: 1, id: 3)]);
        await other.SendAsync(ClientPackets.Publish("devices/dev2/messages/events/", "4", qos: 1, id: 1));
        await device.PingAsync();
        await other.PingAsync();
        commit.SetResult();

        var batch = await endpoint.Ingest.NextBatchAsync();
        Assert.Equal(3, batch.Count);
        Assert.Equal(["2", "3"], batch.Where(message => message.HubId == "dev1").Select(message => message.Body.ToArray()).Select(Text));
        Assert.Equal([1, 2, 3], await ReadAcknowledgementsAsync(device, 3));
        Assert.Equal([1], await ReadAcknowledgementsAsync(other, 1));
    }

    [Fact]
    public async Task A_failed_commit_closes_the_connection_without_PUBACK_and_the_device_can_send_again()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await using var other = await endpoint.ConnectAsync("dev2");
        endpoint.Ingest.Commit = Task.FromException(new IOException("the disk is full"));
        await device.SendAsync(ClientPackets.Publish(Topic, "1", qos: 1, id: 1));
        Assert.Null(await device.TryReadAsync());
        await other.PingAsync();

        endpoint.Ingest.Commit = Task.CompletedTask;
        await endpoint.Ingest.NextAsync();
        await using var again = await endpoint.ConnectAsync("dev1");
        await again.SendAsync(ClientPackets.Publish(Topic, "1"u8.ToArray(), qos: 1, id: 1, duplicate: true));
        await again.ReadAsync(PacketType.PubAck);
        Assert.Equal("1", Text((await endpoint.Ingest.NextAsync()).Body.ToArray()));
    }

    [Fact]
    public async Task QoS_0_is_taken_without_an_answer()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.SendAsync(ClientPackets.Publish("devices/dev1/messages/events", "1"));
        Assert.Equal("1", Text((await endpoint.Ingest.NextAsync()).Body.ToArray()));
        await device.PingAsync();
    }

    [Fact]
    public async Task RETAIN_becomes_a_property()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.SendAsync(ClientPackets.Publish(Topic + "a=1", [], retain: true));
        Assert.Equal([("a", "1"), ("mqtt-retain", "true")], Sorted((await endpoint.Ingest.NextAsync()).Properties));
    }

    [Theory]
    [InlineData("devices/dev2/messages/events/", 0)]
    [InlineData("devices/dev1/messages/eventsx/", 0)]
    [InlineData("some/topic", 0)]
    [InlineData("$iothub/twin/GET/", 0)]
    [InlineData("$iothub/methods/res/abc/?$rid=1", 0)]
    [InlineData("devices/dev1/messages/events/", 2)]
    public async Task Foreign_topics_and_QoS_2_close_the_connection(string topic, int qos)
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await using var other = await endpoint.ConnectAsync("dev2");
        await device.SendAsync(ClientPackets.Publish(topic, "1", qos, id: 1));
        Assert.Null(await device.TryReadAsync());
        await other.PingAsync();
    }

    [Fact]
    public async Task A_message_may_have_256_KiB_and_no_more()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.SendAsync(ClientPackets.Publish(Topic, new byte[256 * 1024], qos: 1, id: 1));
        await device.ReadAsync(PacketType.PubAck);
        await device.SendAsync(ClientPackets.Publish(Topic, new byte[(256 * 1024) + 1], qos: 1, id: 2));
        Assert.Null(await device.TryReadAsync());
    }

    [Fact]
    public async Task A_will_is_telemetry_when_the_connection_is_lost()
    {
        await using var endpoint = await StartAsync();
        var device = await endpoint.ConnectAsync("dev1", will: (Topic + "a=1", "gone"u8.ToArray(), 1));
        await device.DisposeAsync();
        var message = await endpoint.Ingest.NextAsync();
        Assert.Equal("gone"u8, message.Body.Span);
        Assert.Equal([("a", "1"), ("iothub-MessageType", "Will")], Sorted(message.Properties));
    }

    [Fact]
    public async Task A_will_is_not_published_after_DISCONNECT()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1", will: (Topic, "gone"u8.ToArray(), 1));
        await device.SendAsync(ClientPackets.Disconnect);
        await device.AssertClosedAsync();
        await using var again = await endpoint.ConnectAsync("dev1");
        await again.SendAsync(ClientPackets.Publish(Topic, "here"));
        Assert.Equal("here", Text((await endpoint.Ingest.NextAsync()).Body.ToArray()));
    }

    [Fact]
    public async Task A_will_for_another_topic_is_refused()
    {
        await using var endpoint = await StartAsync();
        await endpoint.RegisterAsync("dev1");
        await using var device = await endpoint.OpenAsync();
        var connect = ClientPackets.Connect("dev1", UserName("dev1"), endpoint.Token("dev1"), will: ("a/b", [], 0));
        Assert.Equal(ConnectReturnCode.NotAuthorized, await device.ConnectAsync(connect));
    }

    [Fact]
    public async Task A_shutdown_waits_for_the_commit_that_is_under_way()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        var commit = new TaskCompletionSource();
        endpoint.Ingest.Commit = commit.Task;
        await device.SendAsync(ClientPackets.Publish(Topic, "1", qos: 1, id: 1));
        await endpoint.Ingest.NextAsync();
        var stop = endpoint.StopAsync();
        commit.SetResult();
        await device.ReadAsync(PacketType.PubAck);
        await device.AssertClosedAsync();
        await stop;
    }

    private static async Task<IReadOnlyList<int>> ReadAcknowledgementsAsync(TestClient client, int count)
    {
        var ids = new List<int>();
        while (ids.Count < count)
        {
            ids.Add((await client.ReadAsync(PacketType.PubAck)).PacketId);
        }

        return ids;
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    private static IEnumerable<(string, string)> Sorted(IReadOnlyDictionary<string, string> properties) =>
        properties.Select(pair => (pair.Key, pair.Value)).Order();
}
