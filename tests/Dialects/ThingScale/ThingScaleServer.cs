using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Serverless.Contracts;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Http;
using Serverless.Dialects.Tests.Http;
using Serverless.Dialects.ThingScale;
using Serverless.Dialects.ThingScale.Connectors;
using Serverless.Dialects.ThingScale.Events;
using Serverless.Dialects.ThingScale.Topics;
using Serverless.Domain.Devices;
using Serverless.Domain.Provisioning;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;
using Serverless.Domain.Webhooks;
using Serverless.Tests.Support;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Tests.ThingScale;

/// <summary>The dialect behind Kestrel on a free port and its MQTT sessions, in an account in Tokyo with users of each role.</summary>
internal sealed class ThingScaleServer : IAsyncDisposable
{
    public const string ApiToken = "API_TOKEN_HERE";
    public const string ReaderToken = "READER_TOKEN";
    public const string NobodyToken = "NOBODY_TOKEN";
    public const string DeviceToken = "0123456789abcdef0123456789abcdef";
    public const string MqttUser = "U000001";

    /// <summary>Settings without limits, for tests that do not move the clock.</summary>
    public static readonly ThingScaleSettings Unlimited = new() { RequestsPerSecond = 0, ConnectorRequestsPerSecond = 0 };

    private readonly WebApplication app;
    private readonly SigningKeys keys;
    private readonly HttpClient client;

    private ThingScaleServer(TestCloud cloud, SigningKeys keys, AccessTokens tokens, TelemetryPipeline pipeline, WebApplication app)
    {
        (Cloud, this.keys, Tokens, Pipeline, this.app) = (cloud, keys, tokens, pipeline, app);
        client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public TestCloud Cloud { get; }

    public AccessTokens Tokens { get; }

    public TelemetryPipeline Pipeline { get; }

    public ThingScaleTopics Topics { get; private set; } = null!;

    public RecordingLogger<ThingScaleTopics> Log { get; } = new();

    public FakeConnections Connections { get; private init; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public WebhookSetup Hooks { get; private init; } = null!;

    public static async Task<ThingScaleServer> StartAsync(TenantSettings? settings = null, string timeZone = "Asia/Tokyo")
    {
        var cloud = await TestCloud.OpenAsync(settings ?? new TenantSettings { ThingScale = Unlimited });
        var (one, time) = (cloud.One, cloud.Time);
        await one.Tenants.UpdateAsync(TestCloud.Tenant, tenant => tenant with { TimeZone = timeZone }, null, Cancellation);
        var signing = new SigningKeys(new DocumentSigningKeys(cloud.Store, time), time);
        var tokens = new AccessTokens(signing, one.Users, time);
        var options = new ProvisioningOptions();
        var pipeline = PipelineOf(cloud, options);
        var clock = new MessageClock(time);
        var intake = new ThingScaleIntake(one.Devices, one.Service, one.Tenants, options, pipeline, one.DeadLetters);
        var connections = new FakeConnections();
        var hooks = new WebhookSetup(cloud, new WebhookOptions { Jitter = 0 }, new ThingScaleForm());
        var dialect = new ThingScaleDialect(
            cloud.Store,
            cloud.Series,
            new DeviceHistory(cloud.Series),
            one.Devices,
            one.Service,
            one.Commands,
            one.Tenants,
            one.Users,
            options,
            intake,
            clock,
            new HttpCallers(tokens, one.Logins, one.Users),
            new RequestRates(time),
            time,
            connections,
            one.Rules,
            hooks.OfRules,
            hooks.Options
        );
        var built = await LoopbackServer.StartAsync(dialect, Cancellation);
        var server = new ThingScaleServer(cloud, signing, tokens, pipeline, built) { Connections = connections, Hooks = hooks };
        server.Topics = new ThingScaleTopics(one.Users, one.Devices, one.Changes, intake, one.DeadLetters, clock, time, server.Log);
        await server.AddUserAsync("ann", ApiToken, Roles.Admin, DeviceToken, MqttUser);
        await server.AddUserAsync("bob", ReaderToken, Roles.Reader);
        await server.AddUserAsync("eve", NobodyToken, null);
        return server;
    }

    public Task AddUserAsync(string name, string token, string? role, string? deviceToken = null, string? mqttUser = null) =>
        Cloud.One.Users.ApplyAsync(
            TestCloud.Tenant,
            name,
            new UserChange
            {
                ApiToken = token,
                DeviceToken = deviceToken,
                MqttUser = mqttUser,
                Roles = role is null ? [] : [role],
            },
            null,
            Cancellation
        );

    public Task SetAsync(Func<ThingScaleSettings, ThingScaleSettings> change) =>
        Cloud.One.Tenants.UpdateAsync(
            TestCloud.Tenant,
            tenant => tenant with { Settings = tenant.Settings with { ThingScale = change(tenant.Settings.ThingScale) } },
            null,
            Cancellation
        );

    /// <summary>Sets the clock, also back.</summary>
    public void SetClock(string time) =>
        Cloud.Time.Advance(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) - Cloud.Time.GetUtcNow());

    /// <summary>Sends a request with the administrator's token.</summary>
    public Task<Answer> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers) =>
        SendRawAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), [("X-APITOKEN", ApiToken), .. headers]);

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    /// <summary>Sends a payload to the HTTP connector.</summary>
    public Task<Answer> PostAsync(string device, string body, string path = "/post_v2/", string? tag = null) =>
        SendRawAsync(
            "POST",
            path,
            Encoding.UTF8.GetBytes(body),
            [("X-DEVICETOKEN", DeviceToken), ("X-DEVICEID", device), .. tag is null ? [] : new[] { ("X-TAGNAME", tag) }]
        );

    public async Task<Answer> SendRawAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await client.SendAsync(request, Cancellation);
        return new Answer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(Cancellation),
            response.Content.Headers.ContentType?.MediaType
        );
    }

    /// <summary>Makes a device that is mapped to a channel, which is made too.</summary>
    public async Task<DeviceTwin> MapAsync(string device, int channel = 0)
    {
        await SendAsync("POST", $"/v2/channel/{channel}");
        Assert.Equal(201, (await SendAsync("POST", $"/v2/device/{device}", $$"""{"mapped_ch":{{channel}}}""")).Status);
        return await TwinAsync(device);
    }

    public async Task<DeviceTwin> TwinAsync(string device) =>
        (await Cloud.One.Devices.FindByNameAsync(TestCloud.Tenant, "thingscale", device, Cancellation))!.Value;

    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() =>
        [.. (await Cloud.One.DeadLetters.ListAsync(TestCloud.Tenant, null, 100, null, Cancellation)).Items.Select(item => item.Value)];

    /// <summary>An MQTT client's session, connected.</summary>
    public async Task<(ITopicSession Session, FakeLink Link)> ConnectAsync(string clientId = "client", string password = DeviceToken)
    {
        var admission = await AuthenticateAsync(clientId, MqttUser, password);
        var link = new FakeLink();
        await admission!.Session!.OnConnectedAsync(link, Cancellation);
        return (admission.Session, link);
    }

    public ValueTask<TopicAdmission?> AuthenticateAsync(string clientId, string? user, string? password) =>
        Topics.AuthenticateAsync(
            new TopicClient(clientId, user, password, true, 4, 60, "127.0.0.1:1", Cloud.Time.GetUtcNow()),
            Cancellation
        );

    public async Task PublishAsync(string topic, byte[] payload, string clientId = "client")
    {
        var (session, _) = await ConnectAsync(clientId);
        await session.OnPublishAsync(new TopicMessage(topic, payload, 1), Cancellation);
        await session.OnDisconnectedAsync();
    }

    public Task PublishAsync(string topic, string payload, string clientId = "client") =>
        PublishAsync(topic, Encoding.UTF8.GetBytes(payload), clientId);

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        keys.Dispose();
        await Hooks.DisposeAsync();
    }

    private static TelemetryPipeline PipelineOf(TestCloud cloud, ProvisioningOptions options)
    {
        var one = cloud.One;
        var resolver = new DeviceResolver(one.Devices, one.Service, one.Tenants, options, cloud.Time);
        return new TelemetryPipeline(
            resolver,
            new HubEvents(one.Devices, resolver, one.Connections, one.Echoes),
            one.Writer,
            cloud.Series,
            one.Listeners,
            one.DeadLetters,
            one.RuleEngine,
            [new ThingScalePayloadDecoder(), new JsonPayloadDecoder()],
            []
        );
    }
}

/// <summary>What the API answered.</summary>
internal sealed record Answer(int Status, string Body, string? ContentType)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public override string ToString() => $"{Status} {Body}";
}

/// <summary>Clients that a test says are connected.</summary>
internal sealed class FakeConnections : ITopicConnections
{
    public List<TopicConnection> All { get; } = [];

    public IReadOnlyList<TopicConnection> Of(string tenant) => [.. All.Where(one => one.Tenant == tenant)];
}

/// <summary>A client's end that writes down which devices it serves.</summary>
internal sealed class FakeLink : ITopicLink
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Func<CloudToDeviceMessage, TopicMessage>> attached = [];

    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string? Closed { get; private set; }

    public IReadOnlyList<string> Attached
    {
        get
        {
            lock (gate)
            {
                return [.. attached.Keys];
            }
        }
    }

    /// <summary>Completes when it serves these devices and no others.</summary>
    public async Task ServesAsync(params string[] hubIds)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (attached.Keys.ToHashSet().SetEquals(hubIds))
                {
                    return;
                }

                next = changed.Task;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    public TopicMessage Deliver(string hubId, CloudToDeviceMessage message)
    {
        lock (gate)
        {
            return attached[hubId](message);
        }
    }

    public Task<bool> PublishAsync(TopicMessage message) => throw new NotSupportedException("Nothing is sent past the devices' queues.");

    public void Attach(string hubId, Func<CloudToDeviceMessage, TopicMessage> toTopic)
    {
        lock (gate)
        {
            attached.Add(hubId, toTopic);
            Tell();
        }
    }

    public void Detach(string hubId)
    {
        lock (gate)
        {
            Assert.True(attached.Remove(hubId));
            Tell();
        }
    }

    public void Close(string reason) => Closed = reason;

    private void Tell()
    {
        changed.SetResult();
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
