using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Serverless.Domain.Documents;
using Serverless.Domain.Topics;

namespace Serverless.Local.Tests.Mqtt.Support;

/// <summary>A dialect whose clients are named "test", with the password "secret". Filters that begin with "no" are not theirs.</summary>
internal sealed class TestDialect : ITopicDialect
{
    public const string UserName = "test";
    public const string Password = "secret";
    private readonly Channel<string> calls = Channel.CreateUnbounded<string>();

    public string Name => "test";

    public ConcurrentQueue<TopicClient> Clients { get; } = new();

    /// <summary>The session of each connection so far.</summary>
    public ConcurrentQueue<TestTopicSession> Sessions { get; } = new();

    public bool Together { get; init; }

    public DateTimeOffset? Expires { get; init; }

    /// <summary>What a message waits for before it is durable.</summary>
    public Func<TopicMessage, Task> OnPublish { get; set; } = _ => Task.CompletedTask;

    /// <summary>What a session does when its client is in.</summary>
    public Action<ITopicLink> OnConnected { get; set; } = _ => { };

    public ValueTask<TopicAdmission?> AuthenticateAsync(TopicClient client, CancellationToken cancellation)
    {
        Clients.Enqueue(client);
        var refusal = client.ClientId switch
        {
            "nowhere" => TopicRefusal.NotAuthorized,
            "wrong:id" => TopicRefusal.BadClientId,
            "unlucky" => throw new StoreUnavailableException("The disk is full."),
            _ => TopicRefusal.BadCredentials,
        };
        var admission =
            client.UserName != UserName ? null
            : client.Password != Password || refusal != TopicRefusal.BadCredentials ? new TopicAdmission(null, refusal)
            : new TopicAdmission(new TestTopicSession(this, client));
        return ValueTask.FromResult(admission);
    }

    /// <summary>What the endpoint has called, each as a line, such as "c1 publish a/b 1 hello".</summary>
    public ValueTask Note(string call) => calls.Writer.WriteAsync(call);

    public async Task<string> NextAsync() => await calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async Task ExpectAsync(params string[] expected)
    {
        foreach (var call in expected)
        {
            Assert.Equal(call, await NextAsync());
        }
    }

    /// <summary>Asserts that nothing more has been called.</summary>
    public void ExpectNothing() => Assert.False(calls.Reader.TryRead(out _));
}

internal sealed class TestTopicSession(TestDialect dialect, TopicClient client) : ITopicSession
{
    public ITopicLink Link { get; private set; } = null!;

    public string Key => client.ClientId;

    public string Tenant => "t1";

    public bool TakesMessagesTogether => dialect.Together;

    public DateTimeOffset? Expires => dialect.Expires;

    public async ValueTask OnConnectedAsync(ITopicLink link, CancellationToken cancellation)
    {
        Link = link;
        dialect.Sessions.Enqueue(this);
        await dialect.Note($"{Key} connected");
        dialect.OnConnected(link);
    }

    public async Task OnPublishAsync(TopicMessage message, CancellationToken cancellation)
    {
        await dialect.Note($"{Key} publish {message.Topic} {message.Qos} {Encoding.UTF8.GetString(message.Payload.Span)}");
        await dialect.OnPublish(message);
    }

    public async ValueTask<bool> OnSubscribeAsync(string filter, int qos, CancellationToken cancellation)
    {
        await dialect.Note($"{Key} subscribe {filter} {qos}");
        return !filter.StartsWith("no", StringComparison.Ordinal);
    }

    public ValueTask OnUnsubscribeAsync(string filter, CancellationToken cancellation) => dialect.Note($"{Key} unsubscribe {filter}");

    public ValueTask OnDisconnectedAsync() => dialect.Note($"{Key} disconnected");
}
