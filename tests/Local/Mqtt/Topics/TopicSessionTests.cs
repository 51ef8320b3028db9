using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;
using static Serverless.Local.Tests.Mqtt.Topics.DialectTopicSpaceTests;

namespace Serverless.Local.Tests.Mqtt.Topics;

public sealed class TopicSessionTests
{
    [Fact]
    public async Task Messages_come_at_every_QoS_with_their_topics()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        await client.SendAsync(ClientPackets.Publish("a", "zero"));
        await client.SendAsync(ClientPackets.Publish("a/b", "one", 1, 7));
        Assert.Equal(7, (await client.ReadAsync(PacketType.PubAck)).PacketId);
        var twice = ClientPackets.Publish("a//c", "two", 2, 8);
        await client.SendAsync([.. twice, .. twice, .. ClientPackets.PubRel(8)]);
        await client.PingAnyAsync();
        await dialect.ExpectAsync("c1 connected", "c1 publish a 0 zero", "c1 publish a/b 1 one", "c1 publish a//c 2 two");
        dialect.ExpectNothing();
    }

    [Fact]
    public async Task A_message_is_acknowledged_when_it_is_durable_and_the_next_one_comes_then()
    {
        var durable = new TaskCompletionSource();
        var dialect = new TestDialect { OnPublish = _ => durable.Task };
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        await client.SendAsync([.. ClientPackets.Publish("a", "1", 1, 1), .. ClientPackets.Publish("a", "2", 1, 2)]);
        await client.PingAsync();
        await dialect.ExpectAsync("c1 connected", "c1 publish a 1 1");
        dialect.ExpectNothing();
        durable.SetResult();
        Assert.Equal(1, (await client.ReadAsync(PacketType.PubAck)).PacketId);
        Assert.Equal(2, (await client.ReadAsync(PacketType.PubAck)).PacketId);
        await dialect.ExpectAsync("c1 publish a 1 2");
    }

    [Fact]
    public async Task Messages_overlap_where_the_dialect_takes_them_together()
    {
        var first = new TaskCompletionSource();
        var dialect = new TestDialect
        {
            Together = true,
            OnPublish = message => message.Payload.Span[0] == '1' ? first.Task : Task.CompletedTask,
        };
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        await client.SendAsync([.. ClientPackets.Publish("a", "1", 1, 1), .. ClientPackets.Publish("a", "2", 1, 2)]);
        await dialect.ExpectAsync("c1 connected", "c1 publish a 1 1", "c1 publish a 1 2");
        await client.PingAsync();
        first.SetResult();
        Assert.Equal(1, (await client.ReadAsync(PacketType.PubAck)).PacketId);
        Assert.Equal(2, (await client.ReadAsync(PacketType.PubAck)).PacketId);
    }

    [Fact]
    public async Task A_message_that_cannot_be_taken_ends_the_connection_and_none_behind_it_is_taken()
    {
        var refused = new TaskCompletionSource();
        var dialect = new TestDialect { OnPublish = _ => refused.Task };
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        await client.SendAsync([.. ClientPackets.Publish("a", "1", 1, 1), .. ClientPackets.Publish("a", "2", 1, 2)]);
        await client.PingAsync();
        refused.SetException(new IOException("The disk is full."));
        Assert.Null(await client.TryReadAsync());
        await dialect.ExpectAsync("c1 connected", "c1 publish a 1 1", "c1 disconnected");
    }

    [Fact]
    public async Task What_came_before_DISCONNECT_is_taken()
    {
        var durable = new TaskCompletionSource();
        var dialect = new TestDialect { OnPublish = _ => durable.Task };
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        await client.SendAsync([.. ClientPackets.Publish("a", "1"), .. ClientPackets.Publish("a", "2"), .. ClientPackets.Disconnect]);
        await dialect.ExpectAsync("c1 connected", "c1 publish a 0 1");
        durable.SetResult();
        await dialect.ExpectAsync("c1 publish a 0 2", "c1 disconnected");
    }

    [Fact]
    public async Task Filters_are_granted_at_most_QoS_1_or_refused()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1");
        Assert.Equal([1, 0, 0x80], await client.SubscribeAsync(("a/+/#", 2), ("#", 0), ("no/thing", 1)));
        await client.SendAsync(ClientPackets.Unsubscribe(9, "#", "never/had"));
        await client.ReadAsync(PacketType.UnsubAck);
        await dialect.ExpectAsync(
            "c1 connected",
            "c1 subscribe a/+/# 1",
            "c1 subscribe # 0",
            "c1 subscribe no/thing 1",
            "c1 unsubscribe #"
        );
        dialect.ExpectNothing();
    }

    [Fact]
    public async Task More_filters_than_a_client_may_have_are_refused()
    {
        await using var endpoint = await StartAsync(dialect: new TestDialect());
        await using var client = await ConnectAsync(endpoint, "c1", clean: false);
        var codes = await client.SubscribeAsync([.. Enumerable.Range(0, 10_000).Select(i => ($"f/{i}", 1))]);
        Assert.Equal([.. Enumerable.Repeat((byte)1, 1000), .. Enumerable.Repeat((byte)0x80, 9000)], codes);
        Assert.Equal(1000, endpoint.Hub.TopicSessions["test/c1"].Count);
        Assert.Equal([1], await client.SubscribeAsync(("f/5", 1)));
        await using var wordy = await ConnectAsync(endpoint, "c2");
        var huge = Enumerable.Range(0, 5).Select(i => ($"{i}{new string('x', 65_000)}", 0)).ToArray();
        Assert.Equal([0, 0], await wordy.SubscribeAsync(huge[..2]));
        Assert.Equal([0, 0, 0x80], await wordy.SubscribeAsync(huge[2..]));
    }

    [Fact]
    public async Task A_will_is_the_clients_last_message()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        var client = await ConnectAsync(endpoint, "c1", will: "gone");
        await client.DisposeAsync();
        await dialect.ExpectAsync("c1 connected", "c1 publish wills 1 gone", "c1 disconnected");
        var polite = await ConnectAsync(endpoint, "c1", will: "gone");
        await polite.SendAsync(ClientPackets.Disconnect);
        await polite.AssertClosedAsync();
        await dialect.ExpectAsync("c1 connected", "c1 disconnected");
    }

    [Fact]
    public async Task Whoever_is_thrown_out_leaves_no_will()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1", will: "gone");
        dialect.Sessions.Single().Link.Close("its user is gone");
        await client.AssertClosedAsync();
        await dialect.ExpectAsync("c1 connected", "c1 disconnected");
        await using var refused = await endpoint.OpenAsync();
        await refused.ConnectAsync(ClientPackets.Connect("c1", "test", "wrong", will: ("wills", [1], 1)));
        await refused.AssertClosedAsync();
        dialect.ExpectNothing();
    }

    [Fact]
    public async Task A_connection_ends_with_its_credentials_and_leaves_no_will()
    {
        var dialect = new TestDialect { Expires = new FakeClock().GetUtcNow().AddSeconds(80) };
        await using var endpoint = await StartAsync(dialect: dialect);
        await using var client = await ConnectAsync(endpoint, "c1", will: "gone");
        endpoint.Clock.Advance(TimeSpan.FromSeconds(80));
        await client.AssertClosedAsync();
        await dialect.ExpectAsync("c1 connected", "c1 disconnected");
    }

    [Fact]
    public async Task A_kept_session_has_its_subscriptions_again()
    {
        var dialect = new TestDialect();
        var hub = new MemoryHub();
        await using (var endpoint = await StartAsync(dialect: dialect, earlier: hub))
        {
            await using var client = await ConnectAsync(endpoint, "c1", clean: false);
            await client.SubscribeAsync(("a/#", 1), ("b", 0), ("c", 0), ("no", 1));
            await client.SendAsync(ClientPackets.Unsubscribe(9, "b"));
            await client.ReadAsync(PacketType.UnsubAck);
        }

        var later = new TestDialect();
        await using var restarted = await StartAsync(dialect: later, earlier: hub);
        await using var again = await restarted.OpenAsync();
        await again.SendAsync(ClientPackets.Connect("c1", "test", "secret", clean: false));
        Assert.Equal([1, 0], (await again.ReadAsync(PacketType.ConnAck)).Body);
        await later.ExpectAsync("c1 connected", "c1 subscribe a/# 1", "c1 subscribe c 0");
        later.ExpectNothing();
    }

    [Fact]
    public async Task A_clean_session_ends_the_kept_one()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using (var client = await ConnectAsync(endpoint, "c1", clean: false))
        {
            await client.SubscribeAsync(("a/#", 1));
        }

        await using var clean = await ConnectAsync(endpoint, "c1");
        Assert.Empty(endpoint.Hub.TopicSessions);
        await dialect.ExpectAsync("c1 connected", "c1 subscribe a/# 1", "c1 disconnected", "c1 connected");
        dialect.ExpectNothing();
    }

    [Fact]
    public async Task A_password_in_a_filter_is_not_kept()
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        await using (var client = await ConnectAsync(endpoint, "c1", clean: false))
        {
            await client.SubscribeAsync(("secret/c1/+", 1), ("test/secret", 0));
        }

        await using var again = await ConnectAsync(endpoint, "c1", clean: false);
        Assert.Equal(["#password/c1/+", "#user/#password"], endpoint.Hub.TopicSessions["test/c1"].Select(kept => kept.Filter));
        await dialect.ExpectAsync("c1 connected", "c1 subscribe secret/c1/+ 1", "c1 subscribe test/secret 0", "c1 disconnected");
        await dialect.ExpectAsync("c1 connected", "c1 subscribe secret/c1/+ 1", "c1 subscribe test/secret 0");
    }
}
