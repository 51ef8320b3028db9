using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;
using Serverless.Local.Mqtt.Topics;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>One device's connection to the hub.</summary>
internal sealed class IotHubSession : IMqttSession, IDeviceRoute
{
    /// <summary>What the hub's topics are called beside the dialects'.</summary>
    public const string Dialect = "iothub";

    private readonly HubServices hub;
    private readonly HubTopics topics;
    private readonly HubCredentials credentials;
    private readonly MqttMessage? will;
    private readonly bool clean;
    private readonly TopicClient client;
    private readonly Telemetry telemetry;
    private readonly TwinRequests twin;
    private readonly MethodCalls methods;
    private IMqttLink? link;
    private DeviceboundTopic? devicebound;
    private DeviceboundDelivery? delivery;
    private HubSubscriptions subscriptions;
    private volatile bool ready;
    private bool recorded;
    private volatile bool revoked;
    private volatile bool gone;

    public IotHubSession(string hubId, HubServices hub, HubTopics topics, MqttConnect connect, HubCredentials credentials)
    {
        HubId = hubId;
        this.hub = hub;
        this.topics = topics;
        this.credentials = credentials;
        will = connect.Will;
        clean = connect.CleanSession;
        client = TopicClients.Of(connect, hub.Time.GetUtcNow());
        telemetry = new Telemetry(hubId, credentials.AuthMethod);
        twin = new TwinRequests(hubId, hub.Backend, hub.Time, hub.Logger);
        methods = new MethodCalls(hubId, hub.Time);
    }

    public string HubId { get; }

    public string Key => $"{Dialect}/{HubId}";

    public DateTimeOffset? Expires => credentials.Expires;

    public DateTimeOffset ConnectedAt { get; private set; }

    public MqttQos MaximumQos => MqttQos.AtLeastOnce;

    public bool IsConnected => !gone;

    public bool TakesMethods => !gone && Has(HubSubscriptions.Methods);

    public bool TakesMessages => Has(HubSubscriptions.Messages);

    /// <summary>Whether messages may go to the client now: it waits for no CONNACK or SUBACK, and no newer connection takes them.</summary>
    public bool MessagesMayGo => ready && TakesMessages && hub.Devices.Serves(this);

    private IMqttLink Link => link ?? throw new InvalidOperationException("The session is not connected.");

    public async ValueTask<bool> OnConnectedAsync(IMqttLink link, CancellationToken cancellation)
    {
        this.link = link;
        devicebound = new DeviceboundTopic(this, hub, link);
        delivery = new DeviceboundDelivery(HubId, hub, devicebound);
        ConnectedAt = hub.Time.GetUtcNow();
        hub.Devices.Enter(this);

        // The identity may have changed since the credentials were checked, while the gateway did not see this connection yet.
        await CheckAsync(cancellation);
        var present = await OpenSessionAsync(cancellation);
        if (await hub.Backend.FindTenantAsync(HubId, cancellation) is { } tenant)
        {
            hub.Connections.Enter(this, tenant, Dialect, client);
        }

        recorded = true;
        await hub.Devices.RecordComeAsync(this);
        return present;
    }

    public void OnReady()
    {
        ready = true;
        hub.Devices.Deliver(HubId);
        if (TakesMethods)
        {
            hub.Devices.TakesMethods(HubId);
        }
    }

    public Task OnPublish(MqttMessage message, CancellationToken cancellation)
    {
        var topic = topics.Parse(message.Topic);
        switch (topic.Kind)
        {
            case HubTopicKind.Telemetry:
                return hub.Ingest.AddAsync(telemetry.Read(message, topic.Rest, hub.Time.GetUtcNow()));
            case HubTopicKind.MethodResponse:
                methods.Answer(topic.Rest, topic.Status, message.Payload.Span);
                return Task.CompletedTask;
            default:
                return twin.AnswerAsync(topic, message.Payload, RespondToTwinRequest, cancellation);
        }
    }

    public void OnAcknowledged(ushort packetId)
    {
        if (devicebound?.Acknowledge(packetId) is { } sequence)
        {
            delivery?.OnAcknowledged(sequence);
        }
    }

    public async ValueTask<byte[]> OnSubscribeAsync(IReadOnlyList<MqttSubscription> requested, CancellationToken cancellation)
    {
        // What waits for the client follows SUBACK.
        ready = false;
        var codes = new byte[requested.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            var found = i < HubLimits.Subscriptions ? topics.Find(requested[i].Filter) : HubSubscriptions.None;
            codes[i] = found == HubSubscriptions.None ? MqttSubscribe.Refused : (byte)Math.Min((byte)requested[i].Qos, (byte)MaximumQos);
            subscriptions |= found;
            if ((found & HubSubscriptions.Messages) != HubSubscriptions.None && codes[i] == 0)
            {
                subscriptions &= ~HubSubscriptions.MessagesAtLeastOnce;
            }
        }

        await SaveSessionAsync(cancellation);
        return codes;
    }

    public async ValueTask OnUnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation)
    {
        foreach (var filter in filters)
        {
            subscriptions &= ~topics.Find(filter);
        }

        hub.Devices.Deliver(HubId);
        await SaveSessionAsync(cancellation);
    }

    public async Task OnDisconnectedAsync(bool publishWill)
    {
        hub.Connections.Leave(this);
        gone = true;
        methods.Fail();
        if (delivery is not null)
        {
            await delivery.EndAsync();
        }

        hub.Devices.Leave(this);

        // A will of one that was not let in, or is no longer, would be telemetry without credentials; it would bring a deleted device back.
        if (publishWill && recorded && !revoked && will is not null)
        {
            await PublishWillAsync(will);
        }

        if (recorded)
        {
            await hub.Devices.RecordGoneAsync(this);
        }
    }

    public bool Has(HubSubscriptions subscription) => (subscriptions & subscription) != HubSubscriptions.None;

    /// <summary>There may be something new in the device's queue.</summary>
    public void DeliverMessages() => delivery?.Signal();

    public Task<MethodResult> InvokeAsync(MethodCall call, CancellationToken cancellation) => methods.InvokeAsync(Link, call, cancellation);

    public void PushDesired(JsonObject patch, long version)
    {
        if (Has(HubSubscriptions.DesiredChanges))
        {
            var body = Encoding.UTF8.GetBytes(TwinRequests.WithVersion(patch, version).ToJsonString());
            Link.Publish(new MqttMessage(HubTopics.Desired(version), body, MqttQos.AtMostOnce));
        }
    }

    /// <summary>Ends the connection where the device's identity does not allow it (any more).</summary>
    public void Check(HubIdentity? identity)
    {
        if (!credentials.Prove(identity, hub.Time.GetUtcNow()))
        {
            revoked = true;
            Link.Close("its credentials are no longer valid");
        }
    }

    private async Task CheckAsync(CancellationToken cancellation)
    {
        var identity = await hub.Backend.FindAsync(HubId, cancellation);
        if (!credentials.Prove(identity, hub.Time.GetUtcNow()))
        {
            throw new MqttProtocolException("Its credentials are no longer valid.", ConnectReturnCode.NotAuthorized);
        }
    }

    private async Task<bool> OpenSessionAsync(CancellationToken cancellation)
    {
        var kept = await hub.Backend.GetSessionAsync(HubId, cancellation);
        if (!clean && kept is { } earlier)
        {
            subscriptions = earlier;
            return true;
        }

        hub.Devices.ForgetSent(HubId);
        if (!clean || kept is not null)
        {
            await hub.Backend.SaveSessionAsync(HubId, clean ? null : HubSubscriptions.None, cancellation);
        }

        return false;
    }

    private Task SaveSessionAsync(CancellationToken cancellation) =>
        clean ? Task.CompletedTask : hub.Backend.SaveSessionAsync(HubId, subscriptions, cancellation);

    private async Task PublishWillAsync(MqttMessage message)
    {
        try
        {
            var bag = topics.Parse(message.Topic).Rest;
            await hub.Ingest.AddAsync(telemetry.ReadWill(message, bag, hub.Time.GetUtcNow()));
        }
        catch (Exception exception)
        {
            MqttLog.RequestFailed(hub.Logger, HubId, exception);
        }
    }

    private void RespondToTwinRequest(MqttMessage response)
    {
        if (Has(HubSubscriptions.TwinResponses))
        {
            Link.Publish(response);
        }
    }
}
