using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Contracts;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Cumulocity.Mqtt.Custom;
using Serverless.Dialects.Cumulocity.Mqtt.Devices;
using Serverless.Dialects.Cumulocity.Mqtt.Sessions;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Provisioning;
using Serverless.Domain.Registration;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Mqtt;

/// <summary>The MQTT service on the domain, with an API that writes down what it is asked. There is the user ann with the password secret.</summary>
internal sealed class MqttServer : IAsyncDisposable
{
    public const string Tenant = TestCloud.Tenant;
    public const string Password = "secret word";

    private readonly ChangeFeeds feeds;
    private readonly TestCloud cloud;

    private MqttServer(TestCloud cloud)
    {
        this.cloud = cloud;
        var one = cloud.One;
        feeds = new ChangeFeeds(one.Changes, one.Devices, one.Links, cloud.Time, NullLogger<ChangeFeed>.Instance);
        var tokens = new AccessTokens(new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time), one.Users, cloud.Time);
        var provisioning = new ProvisioningOptions();
        Devices = new MqttDevices(
            one.Devices,
            one.Service,
            new DeviceRegistration(cloud.Store, one.Users, one.Devices, cloud.Time),
            one.Links,
            one.Tenants,
            provisioning,
            new DeviceScope(one.Devices, one.Links)
        );
        Services = new TopicServices(
            new HttpCallers(tokens, one.Logins, one.Users),
            one.Users,
            one.Tenants,
            tokens,
            one.Devices,
            Devices,
            new PushConnections(one.Devices, cloud.Time),
            Api,
            new TemplateCollections(one.Devices, one.Service, cloud.Time),
            feeds,
            one.Changes,
            one.DeadLetters,
            new MessageClock(cloud.Time),
            cloud.Time,
            Log
        );
        Topics = new CumulocityTopics(Services);
    }

    public TestCloud Cloud => cloud;

    public RecordingApi Api { get; } = new();

    public MqttDevices Devices { get; }

    public TopicServices Services { get; }

    public CumulocityTopics Topics { get; }

    public RecordingLogger<CumulocityTopics> Log { get; } = new();

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<MqttServer> StartAsync(TenantSettings? settings = null)
    {
        var server = new MqttServer(await TestCloud.OpenAsync(settings));
        await server.AddUserAsync("ann", Roles.User);
        return server;
    }

    public Task AddUserAsync(string name, string role) =>
        cloud.One.Users.ApplyAsync(Tenant, name, new UserChange { Roles = [role], Password = Password }, null, Cancellation);

    public async Task<MqttTestClient> ConnectAsync(string clientId = "SN-1", string user = "t1/ann", params string[] subscriptions)
    {
        var admission = await AuthenticateAsync(clientId, user);
        var client = new MqttTestClient(admission!.Session!);
        await client.Session.OnConnectedAsync(client, Cancellation);
        foreach (var filter in subscriptions)
        {
            Assert.True(await client.Session.OnSubscribeAsync(filter, 1, Cancellation), filter);
        }

        return client;
    }

    public ValueTask<TopicAdmission?> AuthenticateAsync(string clientId, string? user, string? password = Password) =>
        Topics.AuthenticateAsync(new TopicClient(clientId, user, password, true, 4, 60, null, cloud.Time.GetUtcNow()), Cancellation);

    public async Task<DeviceTwin> TwinAsync(string serial) =>
        await Devices.FindAsync(Tenant, serial, Cancellation) ?? throw new InvalidOperationException($"There is no device {serial}.");

    public async ValueTask DisposeAsync()
    {
        await feeds.DisposeAsync();
        await cloud.DisposeAsync();
    }
}

/// <summary>A client, and what it has been sent, one line a message: topic, then payload.</summary>
internal sealed class MqttTestClient(ITopicSession session) : ITopicLink, IDisposable
{
    private readonly ConcurrentQueue<string> received = new();
    private readonly SemaphoreSlim arrived = new(0);

    public ITopicSession Session => session;

    public IReadOnlyList<string> Received => [.. received];

    public string? Closed { get; private set; }

    public void Dispose() => arrived.Dispose();

    public Task PublishAsync(string topic, string payload, int id = 7) =>
        session.OnPublishAsync(new TopicMessage(topic, Encoding.UTF8.GetBytes(payload), 1) { PacketId = id }, MqttServer.Cancellation);

    /// <summary>Waits for the next message.</summary>
    public async Task<string> NextAsync()
    {
        Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(20), MqttServer.Cancellation), "Nothing comes.");
        return received.TryDequeue(out var line) ? line : throw new InvalidOperationException("The message was taken already.");
    }

    public Task<bool> PublishAsync(TopicMessage message)
    {
        received.Enqueue($"{message.Topic} {Encoding.UTF8.GetString(message.Payload.Span)}");
        arrived.Release();
        return Task.FromResult(true);
    }

    public void Attach(string hubId, Func<CloudToDeviceMessage, TopicMessage> toTopic) => throw new NotSupportedException();

    public void Detach(string hubId) => throw new NotSupportedException();

    public void Close(string reason) => Closed = reason;
}
