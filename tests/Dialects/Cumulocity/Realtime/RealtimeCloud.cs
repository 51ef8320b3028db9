using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Cumulocity;
using Serverless.Dialects.Cumulocity.Measurements;
using Serverless.Dialects.Cumulocity.Notifications;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Http;
using Serverless.Dialects.Tests.Http;
using Serverless.Domain.Alarms;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Realtime;
using Serverless.Domain.Users;
using Serverless.Local.Realtime;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Realtime;

/// <summary>Realtime behind Kestrel on a free port, on a cloud of its own under a clock that stands still; the user is admin.</summary>
internal sealed class RealtimeCloud : IAsyncDisposable
{
    public const string Path = "/notification/realtime";
    public const string Password = "a password of the user";

    private readonly List<WebApplication> apps = [];
    private readonly HashSet<string> users = [];
    private readonly CumulocityRealtimeOptions options;

    private RealtimeCloud(TestCloud cloud, CumulocityRealtimeOptions options) => (Cloud, this.options) = (cloud, options);

    public TestCloud Cloud { get; }

    public CloudInstance One => Cloud.One;

    public FakePresence Presence { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => apps[0].Services;

    public Uri Address(int instance = 0) => new(apps[instance].Urls.Single());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RealtimeCloud> StartAsync(CumulocityRealtimeOptions? options = null)
    {
        var cloud = new RealtimeCloud(await TestCloud.OpenAsync(), options ?? new CumulocityRealtimeOptions());
        await cloud.AddUserAsync("admin", Roles.Admin);
        await cloud.AddInstanceAsync(cloud.One);
        cloud.Http = new HttpClient { BaseAddress = cloud.Address(), Timeout = TimeSpan.FromSeconds(30) };
        return cloud;
    }

    public async Task AddUserAsync(string name, params string[] roles)
    {
        if (users.Add(name))
        {
            await One.Users.CreateAsync(TestCloud.Tenant, name, new UserChange { Password = Password, Roles = roles }, Cancellation);
        }
    }

    /// <summary>One more instance of the app on the same store.</summary>
    public async Task AddInstanceAsync(CloudInstance instance)
    {
        var builder = LoopbackServer.NewBuilder();
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<TimeProvider>(Cloud.Time);
        services.AddSingleton<IDocumentStore>(Cloud.Store);
        services.AddSingleton(instance.Changes);
        services.AddSingleton(instance.Listeners);
        services.AddSingleton(instance.Devices);
        services.AddSingleton(instance.Users);
        services.AddSingleton(instance.Logins);
        services.AddSingleton(new Links(Cloud.Store, instance.Devices));
        services.AddSingleton<ISigningKeyStore>(new DocumentSigningKeys(Cloud.Store, Cloud.Time));
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<HttpCallers>();
        services.AddSingleton<CumulocityCallers>();
        services.AddSingleton<IAgentPresence>(Presence);
        services.AddSingleton(new Serverless.Local.Realtime.RealtimeOptions());
        services.AddSingleton<WebSocketTransport>();
        services.AddSingleton<IRealtimeTransport>(provider => provider.GetRequiredService<WebSocketTransport>());
        services.AddSingleton<ISocketDoor, TestDoor>();
        services.AddKeyedSingleton<IRealtimeTransport>(
            RealtimeHubs.Notifications,
            (provider, _) => provider.GetRequiredService<WebSocketTransport>()
        );
        services.AddSingleton<DeviceIds>();
        services.AddRealtime();
        services.AddSingleton<IChangeRepresentation, Serverless.Dialects.Cumulocity.Inventory.Objects.ObjectRepresentation>();
        services.AddSingleton<IChangeRepresentation, MeasurementRepresentation>();
        services.AddNotifications();
        var app = builder.Build();
        app.UseWebSockets();
        new CumulocityDialect(
            app.Services.GetRequiredService<CumulocityCallers>(),
            app.Services.GetServices<ICumulocityRoutes>(),
            app.Services.GetServices<ICumulocityEndpoints>()
        ).Map(app);

        await app.StartAsync(Cancellation);
        apps.Add(app);
    }

    /// <summary>Ends an instance of the app, as a restart would.</summary>
    public async Task StopAsync(int instance)
    {
        await apps[instance].StopAsync(Cancellation);
        await apps[instance].DisposeAsync();
        apps.RemoveAt(instance);
    }

    /// <summary>Posts messages, with the header of a user ("" for none), and gives the status and the replies.</summary>
    public async Task<(int Status, JsonNode Body)> PostAsync(
        string messages,
        string path = Path,
        string user = "admin",
        int instance = 0,
        CancellationToken? cancellation = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address(instance), path));
        request.Content = new StringContent(messages, Encoding.UTF8, "application/json");
        if (user.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Token(user));
        }

        using var response = await Http.SendAsync(request, cancellation ?? Cancellation);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!);
    }

    /// <summary>A request of the REST API, by the user admin unless told otherwise ("" for nobody).</summary>
    public async Task<(int Status, JsonNode? Body)> AskAsync(string method, string path, string? body = null, string user = "admin")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address(), path));
        request.Headers.Accept.ParseAdd("application/json");
        if (user.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Token(user));
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await Http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>The replies of a good answer.</summary>
    public async Task<JsonArray> TalkAsync(string messages, string path = Path, string user = "admin", int instance = 0)
    {
        var (status, body) = await PostAsync(messages, path, user, instance);
        Assert.True(status == 200, $"{status} {body.ToJsonString()}");
        return body.AsArray();
    }

    /// <summary>A session that polls, with subscriptions.</summary>
    public async Task<string> HandshakeAsync(params string[] channels)
    {
        var reply = (await TalkAsync("""[{"id":"1","channel":"/meta/handshake","version":"1.0"}]"""))[0]!;
        var client = (string)reply["clientId"]!;
        foreach (var channel in channels)
        {
            var subscribed = await TalkAsync(
                $$"""[{"id":"2","channel":"/meta/subscribe","clientId":"{{client}}","subscription":"{{channel}}"}]"""
            );
            Assert.True((bool)subscribed[0]!["successful"]!, subscribed.ToJsonString());
        }

        return client;
    }

    public Task<JsonArray> ConnectAsync(string client, int? timeout = null, int instance = 0, string more = "") =>
        TalkAsync(
            $$"""[{"id":"7","channel":"/meta/connect","clientId":"{{client}}","connectionType":"long-polling"{{(timeout is null ? "" : $",\"advice\":{{\"timeout\":{timeout}}}")}}{{more}}}]""",
            instance: instance
        );

    /// <summary>What a connect brings, as "channel action" or "channel" for bare ones; the connect's own reply is left out.</summary>
    public async Task<string[]> PollAsync(string client, int timeout = 0, int instance = 0) =>
        Tell(await ConnectAsync(client, timeout, instance));

    public static string[] Tell(JsonArray messages) =>
        [
            .. messages
                .Where(message => message!["data"] is not null)
                .Select(message => $"{message!["channel"]} {message["data"]!["realtimeAction"]}".TrimEnd()),
        ];

    public async Task<TestSocket> OpenAsync(string path = Path, string? authorization = null, string? cookie = null, int instance = 0)
    {
        var socket = new ClientWebSocket();
        if (authorization is not null)
        {
            socket.Options.SetRequestHeader("Authorization", authorization);
        }

        if (cookie is not null)
        {
            socket.Options.SetRequestHeader("Cookie", cookie);
        }

        await socket.ConnectAsync(new Uri(new UriBuilder(Address(instance)) { Scheme = "ws" }.Uri, path), Cancellation);
        return new TestSocket(socket);
    }

    public static string Token(string user) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{TestCloud.Tenant}/{user}:{Password}"));

    public async Task<Alarm> RaiseAsync(string device, string type = "hot") =>
        await One.Alarms.RaiseAsync(
            TestCloud.Tenant,
            new NewAlarm(device, type, AlarmSeverity.Major, "It is hot.", Cloud.Time.GetUtcNow()),
            Cancellation
        ) ?? throw new InvalidOperationException("The alarm was not raised.");

    public async Task<Command> CommandAsync(string device) =>
        (
            await One.Commands.CreateAsync(
                TestCloud.Tenant,
                new NewCommand
                {
                    Device = device,
                    Dialect = "cumulocity",
                    Payload = new JsonObject { ["c8y_Restart"] = new JsonObject() },
                },
                Cancellation
            )
        ).Value;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        await Cloud.DisposeAsync();
    }

    private sealed class TestDoor(WebSocketTransport transport, Microsoft.Extensions.Hosting.IHostApplicationLifetime lifetime)
        : ISocketDoor
    {
        public async Task OpenAsync(HttpContext context, IRealtimeEndpoint endpoint)
        {
            var headers = new[] { "authorization", "cookie" }
                .Where(context.Request.Headers.ContainsKey)
                .ToDictionary(name => name, name => context.Request.Headers[name].ToString());
            var query = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
            var opening = new SocketOpening(Guid.NewGuid().ToString("N"), $"http://{context.Request.Host}", query, headers);
            var verdict = await endpoint.OnConnectingAsync(opening, context.RequestAborted);
            if (!verdict.IsOpen)
            {
                context.Response.StatusCode = verdict.Status;
                return;
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await transport.RunAsync(socket, opening.ConnectionId, endpoint, lifetime.ApplicationStopping);
        }
    }
}

/// <summary>Keeps what it is told.</summary>
internal sealed class FakePresence : IAgentPresence
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, DateTimeOffset> seen = new();

    public DateTimeOffset UntilOf(string agent) => seen.GetValueOrDefault(agent);

    public ValueTask SeenAsync(string tenant, string agent, DateTimeOffset until, CancellationToken cancellation)
    {
        seen[agent] = until;
        return ValueTask.CompletedTask;
    }
}
