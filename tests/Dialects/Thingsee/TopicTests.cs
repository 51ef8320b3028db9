using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Dialects.Thingsee.Topics;
using Serverless.Domain.Devices;
using Serverless.Domain.Topics;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Thingsee;

public sealed class TopicTests
{
    private const string Tuid = "TSEN01ABC12345678";

    [Fact]
    public async Task A_subscriber_gets_each_message_as_one_object_with_its_group()
    {
        await using var server = await ThingseeServer.StartAsync();
        await using var topics = Topics(server);
        await GroupAsync(server, "prfi00samplegroup");
        var (session, link) = await OpenAsync(topics);
        Assert.True(await session.OnSubscribeAsync("cloudext/json/pr/fi/#", 1, TestCloud.Cancellation));

        await server.SendAsync(
            $$"""
            [{"tsmId":12100,"tsmEv":10,"tsmTs":1.25,"tsmTuid":"{{Tuid}}","temp":21.5},
             {"tsmId":1110,"tsmEv":101,"tsmTs":2,"tsmTuid":"{{Tuid}}","batl":34.6}]
            """
        );

        var first = await link.NextAsync();
        Assert.Equal(($"cloudext/json/pr/fi/prfi00samplegroup/{Tuid}/12100", 1), (first.Topic, first.Qos));
        Assert.Equal(
            $$"""{"tsmId":12100,"tsmEv":10,"tsmTs":1.25,"tsmTuid":"{{Tuid}}","temp":21.5,"deploymentGroupId":"prfi00samplegroup"}""",
            Encoding.UTF8.GetString(first.Payload.Span)
        );
        Assert.Equal($"cloudext/json/pr/fi/prfi00samplegroup/{Tuid}/1110", (await link.NextAsync()).Topic);
        await session.OnDisconnectedAsync();
        Assert.False(
            await server.One.Listeners.AnyAsync(TestCloud.Tenant, "messages", (await server.ThingAsync(Tuid)).Id, TestCloud.Cancellation)
        );
    }

    [Fact]
    public async Task Only_what_the_filters_match_is_sent_and_once()
    {
        await using var server = await ThingseeServer.StartAsync();
        await using var topics = Topics(server);
        await GroupAsync(server, "prfi00a");
        var (session, link) = await OpenAsync(topics);
        var (other, all) = await OpenAsync(topics, "other");
        await session.OnSubscribeAsync("cloudext/json/+/+/prfi00a/+/1110", 0, TestCloud.Cancellation);
        await session.OnSubscribeAsync($"cloudext/json/pr/fi/prfi00a/{Tuid}/1110", 1, TestCloud.Cancellation);
        await other.OnSubscribeAsync("cloudext/#", 0, TestCloud.Cancellation);
        await other.OnSubscribeAsync("cloudext/json/pr/fi/prfi00a/+/1112", 0, TestCloud.Cancellation);
        await other.OnUnsubscribeAsync("cloudext/json/pr/fi/prfi00a/+/1112", TestCloud.Cancellation);

        await SendAsync(server, 12100);
        await SendAsync(server, 1110);
        await SendAsync(server, 1112);

        Assert.Equal((12100, 1110, 1112), (await all.NextIdAsync(), await all.NextIdAsync(), await all.NextIdAsync()));
        Assert.Equal(1110, await link.NextIdAsync());
        await session.OnDisconnectedAsync();
        await other.OnDisconnectedAsync();
        Assert.Equal((1, 3), (link.Sent.Count, all.Sent.Count));
        Assert.Equal(1, link.Sent.First().Qos);
    }

    [Theory]
    [InlineData("prfi00a", "cloudext/json/pr/fi/prfi00a/T1/12100")]
    [InlineData("unxx00", null)]
    [InlineData("dmfi00a", null)]
    [InlineData("rdxx00", null)]
    [InlineData("unassigned", null)]
    [InlineData("northern-finland", "cloudext/json/northern-finland/T1/12100")]
    [InlineData("a/b+c#", "cloudext/json/a_b_c_/T1/12100")]
    public void Only_groups_of_production_are_published(string group, string? expected) =>
        Assert.Equal(expected, GroupIds.TopicOf(group, "T1", 12100));

    [Theory]
    [InlineData("#", false)]
    [InlineData("+/json/#", false)]
    [InlineData("devices/x/messages/events/", false)]
    [InlineData("cloudextra/#", false)]
    [InlineData("cloudext/#", true)]
    [InlineData("cloudext/json/pr/fi/+/+/12100", true)]
    public async Task Only_the_stream_can_be_subscribed_to(string filter, bool expected)
    {
        await using var server = await ThingseeServer.StartAsync();
        await using var topics = Topics(server);
        var (session, _) = await OpenAsync(topics);

        Assert.Equal(expected, await session.OnSubscribeAsync(filter, 1, TestCloud.Cancellation));

        await session.OnDisconnectedAsync();
    }

    [Theory]
    [InlineData("cloudext/json/+", "cloudext/json", false)]
    [InlineData("cloudext/#", "cloudext", true)]
    [InlineData("cloudext/+/a", "cloudext/json/a", true)]
    [InlineData("cloudext/+/a", "cloudext/json/a/b", false)]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("+/a", "$SYS/a", false)]
    [InlineData("cloudext/json", "cloudext/json", true)]
    public void Filters_match_as_mqtt_has_it(string filter, string topic, bool expected) =>
        Assert.Equal(expected, TopicFilter.Matches(filter, topic));

    [Fact]
    public async Task Who_publishes_is_sent_away()
    {
        await using var server = await ThingseeServer.StartAsync();
        await using var topics = Topics(server);
        var (session, link) = await OpenAsync(topics);

        await session.OnPublishAsync(new TopicMessage("cloudext/json/x", "{}"u8.ToArray(), 1), TestCloud.Cancellation);

        Assert.NotNull(link.Closed);
    }

    [Fact]
    public async Task Clients_log_in_with_their_secret_and_others_are_left_to_other_dialects()
    {
        await using var server = await ThingseeServer.StartAsync();
        await using var topics = Topics(server);

        Assert.Null(await topics.AuthenticateAsync(Client("nobody", "x"), TestCloud.Cancellation));
        Assert.Null(await topics.AuthenticateAsync(Client(null, null), TestCloud.Cancellation));
        Assert.Null(await topics.AuthenticateAsync(Client(new string('x', 5000), "x"), TestCloud.Cancellation));
        Assert.Null((await topics.AuthenticateAsync(Client(ThingseeServer.Client, "wrong"), TestCloud.Cancellation))!.Session);
        var good = (await topics.AuthenticateAsync(Client(ThingseeServer.Client, ThingseeServer.Secret), TestCloud.Cancellation))!.Session!;
        Assert.Equal((TestCloud.Tenant, "api-user/reader"), (good.Tenant, good.Key));
    }

    [Fact]
    public async Task A_slow_subscriber_is_sent_away_and_keeps_no_other_waiting()
    {
        await using var server = await ThingseeServer.StartAsync();
        await using var topics = Topics(server);
        var (slow, stuck) = await OpenAsync(topics);
        var (quick, link) = await OpenAsync(topics, "other");
        stuck.Holds = true;
        await slow.OnSubscribeAsync("cloudext/#", 1, TestCloud.Cancellation);
        await quick.OnSubscribeAsync("cloudext/#", 1, TestCloud.Cancellation);
        var message = new StreamMessage("cloudext/json/a/b/1", "{}"u8.ToArray());

        for (var i = 0; i < 10_100; i++)
        {
            ((IStreamReader)slow).Offer(message);
        }

        ((IStreamReader)quick).Offer(message);

        Assert.Equal(message.Topic, (await link.NextAsync()).Topic);
        Assert.NotNull(stuck.Closed);
        Assert.True(stuck.Sent.Count <= 64);
        stuck.Release();
        await slow.OnDisconnectedAsync();
        await quick.OnDisconnectedAsync();
    }

    [Fact]
    public async Task The_stream_of_a_client_that_is_deleted_ends()
    {
        await using var server = await ThingseeServer.StartAsync();
        await using var topics = Topics(server);
        await GroupAsync(server, "prfi00a");
        var (session, link) = await OpenAsync(topics);
        await session.OnSubscribeAsync("cloudext/#", 1, TestCloud.Cancellation);
        await server.One.Clients.DeleteAsync(TestCloud.Tenant, ThingseeServer.Client, TestCloud.Cancellation);
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(31));

        await SendAsync(server, 1110);

        Assert.Contains("credentials", await link.ClosedAsync(), StringComparison.Ordinal);
        Assert.Empty(link.Sent);
        await session.OnDisconnectedAsync();
    }

    private static ThingseeTopics Topics(ThingseeServer server) =>
        new(
            server.One.Clients,
            server.One.Logins,
            server.One.Changes,
            server.One.Listeners,
            server.One.Devices,
            server.Cloud.Time,
            NullLogger<ThingseeTopics>.Instance
        );

    private static TopicClient Client(string? user, string? password, string id = "reader") =>
        new(id, user, password, true, 4, 60, "127.0.0.1", DateTimeOffset.UnixEpoch);

    private static async Task<(ITopicSession Session, RecordingLink Link)> OpenAsync(ThingseeTopics topics, string id = "reader")
    {
        var client = Client(ThingseeServer.Client, ThingseeServer.Secret, id);
        var session = (await topics.AuthenticateAsync(client, TestCloud.Cancellation))!.Session!;
        var link = new RecordingLink();
        await session.OnConnectedAsync(link, TestCloud.Cancellation);
        return (session, link);
    }

    private static async Task GroupAsync(ThingseeServer server, string group)
    {
        await server.PostAsync("/v1/groups", $$"""{"group_id":"{{group}}"}""");
        await server.PostAsync($"/v1/things/{Tuid}/group", $$"""{"group_id":"{{group}}"}""");
    }

    private static Task SendAsync(ThingseeServer server, int id) =>
        server.SendAsync($$"""[{"tsmId":{{id}},"tsmEv":10,"tsmTs":5,"tsmTuid":"{{Tuid}}","x":1}]""");

    /// <summary>A client that takes what it is sent, or (where it holds) acknowledges nothing.</summary>
    private sealed class RecordingLink : ITopicLink
    {
        private readonly Channel<TopicMessage> messages = System.Threading.Channels.Channel.CreateUnbounded<TopicMessage>();
        private readonly TaskCompletionSource<bool> held = new();
        private readonly TaskCompletionSource<string> closed = new();

        public ConcurrentQueue<TopicMessage> Sent { get; } = new();

        public bool Holds { get; set; }

        public string? Closed => closed.Task.IsCompleted ? closed.Task.Result : null;

        public Task<string> ClosedAsync() => closed.Task.WaitAsync(TimeSpan.FromSeconds(20), TestCloud.Cancellation);

        public async Task<TopicMessage> NextAsync() =>
            await messages.Reader.ReadAsync(TestCloud.Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        public async Task<int> NextIdAsync() => int.Parse((await NextAsync()).Topic.Split('/')[^1]);

        public void Release() => held.TrySetResult(false);

        public Task<bool> PublishAsync(TopicMessage message)
        {
            Sent.Enqueue(message);
            messages.Writer.TryWrite(message);
            return Holds ? held.Task : Task.FromResult(true);
        }

        public void Attach(string hubId, Func<CloudToDeviceMessage, TopicMessage> toTopic) => throw new NotSupportedException();

        public void Detach(string hubId) => throw new NotSupportedException();

        public void Close(string reason) => closed.TrySetResult(reason);
    }
}
