using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.Topics;

/// <summary>A dialect's session on the endpoint: one call at a time, subscriptions that outlast the connection, and the client's will.</summary>
internal sealed class TopicSession(
    string key,
    string dialect,
    ITopicSession session,
    MqttMessage? will,
    TopicClient client,
    HubServices hub
) : IMqttSession
{
    private readonly TopicSubscriptions subscriptions = new(key, client, hub);
    private TopicLink? link;
    private CancellationTokenRegistration cutting;
    private Task taken = Task.CompletedTask;
    private bool told;
    private bool ready;

    public string Key => key;

    public DateTimeOffset? Expires => session.Expires;

    public MqttQos MaximumQos => MqttQos.ExactlyOnce;

    public async ValueTask<bool> OnConnectedAsync(IMqttLink link, CancellationToken cancellation)
    {
        var topics = this.link = new TopicLink(link, hub);
        cutting = cancellation.UnsafeRegister(static topics => ((TopicLink)topics!).Cut(), topics);
        var present = await subscriptions.OpenAsync(cancellation);
        hub.Connections.Enter(this, session.Tenant, dialect, client);
        told = true;
        await session.OnConnectedAsync(topics, cancellation);
        await subscriptions.RestoreAsync(session, cancellation);
        return present;
    }

    public void OnReady()
    {
        ready = true;
        link?.Resume();
    }

    public Task OnPublish(MqttMessage message, CancellationToken cancellation) => taken = TakeAsync(message);

    public void OnAcknowledged(ushort packetId) => link?.OnAcknowledged(packetId);

    public async ValueTask<byte[]> OnSubscribeAsync(IReadOnlyList<MqttSubscription> requested, CancellationToken cancellation)
    {
        await QuietAsync();
        link?.Hold();
        var codes = new byte[requested.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            var qos = Math.Min((byte)requested[i].Qos, (byte)MqttQos.AtLeastOnce);
            var granted = await subscriptions.AddAsync(session, requested[i].Filter, qos, cancellation);
            codes[i] = granted ? qos : MqttSubscribe.Refused;
        }

        await subscriptions.SaveAsync(cancellation);
        return codes;
    }

    public async ValueTask OnUnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation)
    {
        await QuietAsync();
        foreach (var filter in filters)
        {
            await subscriptions.RemoveAsync(session, filter, cancellation);
        }

        await subscriptions.SaveAsync(cancellation);
    }

    public async Task OnDisconnectedAsync(bool publishWill)
    {
        await cutting.DisposeAsync();
        link?.Cut();
        await QuietAsync();
        try
        {
            // A client that was not let in has no will, and what is kept of it is not read yet.
            if (ready)
            {
                await subscriptions.SaveAsync(CancellationToken.None);
                await (publishWill ? PublishWillAsync() : Task.CompletedTask);
            }
        }
        catch (Exception exception)
        {
            MqttLog.RequestFailed(hub.Logger, key, exception);
        }
        finally
        {
            await EndAsync();
        }
    }

    /// <summary>A will of one whose credentials have ended would be a message without any.</summary>
    private Task PublishWillAsync() =>
        will is null || link is not { IsClosed: false } || Expires <= hub.Time.GetUtcNow() ? Task.CompletedTask : PublishAsync(will);

    private async Task EndAsync()
    {
        try
        {
            if (told)
            {
                await session.OnDisconnectedAsync();
            }
        }
        finally
        {
            await (link?.EndAsync() ?? Task.CompletedTask);
            hub.Connections.Leave(this);
        }
    }

    private Task TakeAsync(MqttMessage message)
    {
        if (taken.IsCompletedSuccessfully)
        {
            return PublishAsync(message);
        }

        return session.TakesMessagesTogether ? Task.WhenAll(taken, PublishAsync(message)) : FollowAsync(taken, message);
    }

    /// <summary>Where a message could not be taken, none behind it is: the client sends them all again, in order.</summary>
    private async Task FollowAsync(Task before, MqttMessage message)
    {
        await before;
        await PublishAsync(message);
    }

    /// <summary>What a client has sent is taken, also where it has gone since.</summary>
    private Task PublishAsync(MqttMessage message) =>
        session.OnPublishAsync(
            new TopicMessage(message.Topic, message.Payload, (int)message.Qos) { PacketId = message.PacketId },
            CancellationToken.None
        );

    private async Task QuietAsync() => await taken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
