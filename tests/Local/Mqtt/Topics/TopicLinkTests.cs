using System.Text;
using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;
using static Serverless.Local.Tests.Mqtt.Topics.DialectTopicSpaceTests;

namespace Serverless.Local.Tests.Mqtt.Topics;

public sealed class TopicLinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_message_is_there_when_the_client_has_acknowledged_it()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        var link = dialect.Sessions.Single().Link;
        Assert.True(await link.PublishAsync(Message("zero", 0)));
        var sent = link.PublishAsync(Message("one", 1));
        var other = link.PublishAsync(Message("two", 2));
        Assert.Equal(("a/b", "zero", 0), Read(await client.ReadAsync(PacketType.Publish)));
        var first = await client.ReadAsync(PacketType.Publish);
        var second = await client.ReadAsync(PacketType.Publish);
        Assert.Equal([("a/b", "one", 1), ("a/b", "two", 1)], [Read(first), Read(second)]);
        Assert.NotEqual(first.PacketId, second.PacketId);
        await client.SendAsync(ClientPackets.PubAck(second.PacketId));
        Assert.True(await other.WaitAsync(Patience));
        Assert.False(sent.IsCompleted);
        await client.DisposeAsync();
        Assert.False(await sent.WaitAsync(Patience));
        Assert.False(await link.PublishAsync(Message("late", 1)));
    }

    [Fact]
    public async Task What_is_sent_too_early_follows_CONNACK_and_SUBACK()
    {
        var dialect = new TestDialect { OnConnected = link => _ = link.PublishAsync(Message("welcome", 0)) };
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        Assert.Equal("welcome", (await client.ReadAsync(PacketType.Publish)).Payload);
    }

    [Fact]
    public async Task A_window_of_messages_waits_for_a_client_that_never_acknowledges_and_too_many_end_its_connection()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(
            dialect: dialect,
            configure: options => (options.PublishWindow, options.PublishQueue) = (4, 10)
        );
        await using var client = await ConnectAsync(endpoint, "c1");
        var link = dialect.Sessions.Single().Link;
        var sent = Enumerable.Range(0, 14).Select(i => link.PublishAsync(Message($"{i}", 1))).ToList();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal($"{i}", (await client.ReadAsync(PacketType.Publish)).Payload);
        }

        await client.PingAsync();
        Assert.All(sent, task => Assert.False(task.IsCompleted));
        sent.Add(link.PublishAsync(Message("one too many", 1)));
        Assert.DoesNotContain(true, await Task.WhenAll(sent).WaitAsync(Patience));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Acknowledged_messages_make_room_for_the_next_in_order()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect, configure: options => options.PublishWindow = 4);
        await using var client = await ConnectAsync(endpoint, "c1");
        var link = dialect.Sessions.Single().Link;
        var sent = Enumerable.Range(0, 500).Select(i => link.PublishAsync(Message($"{i}", 1))).ToList();
        for (var i = 0; i < 500; i++)
        {
            var message = await client.ReadAsync(PacketType.Publish);
            Assert.Equal($"{i}", message.Payload);
            await client.SendAsync(ClientPackets.PubAck(message.PacketId));
        }

        Assert.DoesNotContain(false, await Task.WhenAll(sent).WaitAsync(Patience));
    }

    [Fact]
    public async Task A_client_that_floods_and_never_reads_is_cut_off_and_others_are_served()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect, configure: options => options.SendBufferBytes = 64 * 1024);
        await using var flooding = await ConnectAsync(endpoint, "c1");
        await using var other = await ConnectAsync(endpoint, "c2");
        var link = dialect.Sessions.First().Link;
        dialect.OnPublish = _ => link.PublishAsync(new TopicMessage("echo", new byte[16 * 1024], 0));
        var publish = ClientPackets.Publish("a", "x", 1, 1);
        try
        {
            for (var i = 0; i < 100_000; i++)
            {
                await flooding.SendAsync(publish);
            }
        }
        catch (IOException)
        {
            // It is cut off while it sends.
        }

        await other.PingAsync();
        Assert.Contains("c1 disconnected", await CallsAsync(dialect));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/+")]
    [InlineData("a/#")]
    [InlineData("a\0")]
    public async Task A_topic_that_is_none_is_the_dialects_own_error(string topic)
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        var link = dialect.Sessions.Single().Link;
        await Assert.ThrowsAsync<ArgumentException>(() => link.PublishAsync(new TopicMessage(topic, default, 0)));
        await Assert.ThrowsAsync<ArgumentException>(() => link.PublishAsync(new TopicMessage(new string('ü', 40_000), default, 0)));
        await client.PingAsync();
    }

    private static async Task<List<string>> CallsAsync(TestDialect dialect)
    {
        var calls = new List<string>();
        do
        {
            calls.Add(await dialect.NextAsync());
        } while (calls[^1] != "c1 disconnected");

        return calls;
    }

    private static TopicMessage Message(string text, int qos) => new("a/b", Encoding.UTF8.GetBytes(text), qos);

    private static (string, string, int) Read(ServerPacket packet) => (packet.Topic, packet.Payload, packet.Qos);
}
