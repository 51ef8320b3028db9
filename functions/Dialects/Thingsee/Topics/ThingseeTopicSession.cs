using System.Collections.Concurrent;
using System.Threading.Channels;
using Serverless.Domain.Documents;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Thingsee.Topics;

/// <summary>
/// One subscriber of the stream. What it is sent waits in a line of its own, so that it keeps no other waiting; where the line grows too long the connection ends: as long as it is connected, a
/// subscriber misses nothing.
/// </summary>
internal sealed class ThingseeTopicSession(ApiClient owner, string clientId, ThingseeStream stream, ApiClients clients, TimeProvider time)
    : ITopicSession,
        IStreamReader
{
    private const string Root = "cloudext";
    private const int MostOnTheWay = 64;
    private const int MostWaiting = 10_000;
    private const long MostBytes = 32 << 20;

    // A client that was deleted, or has another secret, reads no longer than this.
    private static readonly TimeSpan CheckTime = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, int> filters = new();
    private readonly Channel<(StreamMessage Message, int Qos)> line = Channel.CreateUnbounded<(StreamMessage, int)>();
    private DateTimeOffset checkedAt = time.GetUtcNow();
    private ITopicLink? link;
    private Task sending = Task.CompletedTask;
    private long waitingBytes;
    private int waiting;
    private bool joined;

    public string Key => $"{owner.Id}/{clientId}";

    public string Tenant => owner.Owner;

    public ValueTask OnConnectedAsync(ITopicLink link, CancellationToken cancellation)
    {
        this.link = link;
        sending = SendAsync(link, cancellation);
        return ValueTask.CompletedTask;
    }

    /// <summary>The stream is read only: whoever publishes to it is sent away.</summary>
    public Task OnPublishAsync(TopicMessage message, CancellationToken cancellation)
    {
        link?.Close("it publishes to the Thingsee stream, which is read only");
        return Task.CompletedTask;
    }

    public async ValueTask<bool> OnSubscribeAsync(string filter, int qos, CancellationToken cancellation)
    {
        if (filter != Root && !filter.StartsWith($"{Root}/", StringComparison.Ordinal))
        {
            return false;
        }

        if (!joined)
        {
            // Before the client hears that it has subscribed, so that it misses nothing from then on.
            await stream.JoinAsync(this, cancellation);
            joined = true;
        }

        filters[filter] = qos;
        return true;
    }

    public ValueTask OnUnsubscribeAsync(string filter, CancellationToken cancellation)
    {
        filters.TryRemove(filter, out _);
        return ValueTask.CompletedTask;
    }

    public async ValueTask OnDisconnectedAsync()
    {
        line.Writer.TryComplete();
        if (joined)
        {
            await stream.LeaveAsync(this);
        }

        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Offer(StreamMessage message)
    {
        // A message that several filters match is sent once, with the best of what they were granted (MQTT-3.3.5-1).
        var qos = filters
            .Where(filter => TopicFilter.Matches(filter.Key, message.Topic))
            .Select(filter => filter.Value)
            .DefaultIfEmpty(-1)
            .Max();
        if (qos < 0)
        {
            return;
        }

        if (
            Interlocked.Increment(ref waiting) > MostWaiting
            || (Interlocked.Add(ref waitingBytes, message.Payload.Length) > MostBytes && waiting > 1)
        )
        {
            link?.Close("it does not take what it has subscribed to");
            return;
        }

        line.Writer.TryWrite((message, qos));
    }

    private async Task SendAsync(ITopicLink to, CancellationToken cancellation)
    {
        var onTheWay = new Queue<Task>();
        await foreach (var (message, qos) in line.Reader.ReadAllAsync(cancellation))
        {
            Interlocked.Decrement(ref waiting);
            Interlocked.Add(ref waitingBytes, -message.Payload.Length);
            if (!await IsGoodAsync(cancellation))
            {
                to.Close("its credentials have ended");
                return;
            }

            if (onTheWay.Count == MostOnTheWay)
            {
                await onTheWay.Dequeue();
            }

            onTheWay.Enqueue(PublishAsync(to, new TopicMessage(message.Topic, message.Payload, qos)));
        }
    }

    private static async Task PublishAsync(ITopicLink to, TopicMessage message)
    {
        try
        {
            await to.PublishAsync(message);
        }
        catch (ArgumentException)
        {
            // The topic is longer than MQTT has room for: there is no way to send it.
        }
    }

    private async ValueTask<bool> IsGoodAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now - checkedAt < CheckTime)
        {
            return true;
        }

        try
        {
            checkedAt = now;
            return await clients.FindAsync(owner.Id, cancellation) == owner;
        }
        catch (StoreUnavailableException)
        {
            // Asked again in a while; what it was good for a moment ago it is good for now.
            return true;
        }
    }
}
