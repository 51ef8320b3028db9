using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Tests.Http;
using Serverless.Dialects.Thingsee;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Tests.Support;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Tests.Thingsee;

/// <summary>The dialect behind Kestrel on a free port, on a cloud of its own, with the API client api-user; requests carry its token.</summary>
internal sealed class ThingseeServer : IAsyncDisposable
{
    public const string Client = "api-user";
    public const string Secret = "a secret of the client";
    public const string Gateway = "gateway-1";

    private readonly WebApplication app;
    private readonly SigningKeys keys;
    private readonly HttpClient http;
    private string token = "";

    private ThingseeServer(TestCloud cloud, SigningKeys keys, ClientTokens tokens, TelemetryPipeline pipeline, WebApplication app)
    {
        (Cloud, this.keys, Tokens, Pipeline, this.app) = (cloud, keys, tokens, pipeline, app);
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public TestCloud Cloud { get; }

    public ClientTokens Tokens { get; }

    public TelemetryPipeline Pipeline { get; }

    public CloudInstance One => Cloud.One;

    public HttpClient Http => http;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ThingseeServer> StartAsync(TenantSettings? settings = null)
    {
        var cloud = await TestCloud.OpenAsync(settings);
        var one = cloud.One;
        var signing = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var tokens = new ClientTokens(signing, one.Clients, cloud.Time);
        var access = new AccessTokens(signing, one.Users, cloud.Time);
        var groups = new GroupDirectory(cloud.Store, one.Devices, cloud.Time);
        var ids = new DeviceIds(cloud.Time);
        var dialect = new ThingseeDialect(
            one.Devices,
            one.Service,
            groups,
            new Installations(cloud.Store, one.Devices, ids, cloud.Time),
            one.Commands,
            one.Alarms,
            one.Tenants,
            cloud.Series,
            new DeviceHistory(cloud.Series),
            new HttpCallers(access, one.Logins, one.Users, null, tokens),
            one.Logins,
            one.Clients,
            tokens,
            cloud.Time
        );
        var built = await LoopbackServer.StartAsync(dialect, Cancellation);
        var client = await one.Clients.CreateAsync(TestCloud.Tenant, Client, Secret, Cancellation);
        var server = new ThingseeServer(cloud, signing, tokens, MakePipeline(cloud), built);
        server.token = await tokens.IssueAsync(client.Value, Cancellation);
        await cloud.AddDeviceAsync(Gateway, new NewDevice { Relays = true });
        return server;
    }

    /// <summary>Sends what the cloud of Haltian sends: its device speaks for every thing.</summary>
    public Task SendAsync(string body, string hubId = Gateway, IReadOnlyDictionary<string, string>? properties = null) =>
        Pipeline.IngestAsync(
            [
                new DeviceMessage(
                    hubId,
                    Encoding.UTF8.GetBytes(body),
                    Cloud.Time.GetUtcNow(),
                    MessageSource.Telemetry,
                    DeviceMessage.NoProperties,
                    properties ?? DeviceMessage.NoProperties
                ),
            ],
            Cancellation
        );

    public async Task<DeviceTwin> ThingAsync(string tuid) =>
        (await One.Devices.FindByExternalIdAsync(TestCloud.Tenant, new ExternalId("tuid", tuid), Cancellation))!.Value;

    public async Task<string[]> DeadLettersAsync()
    {
        var reasons = new List<string>();
        foreach (var tenant in new[] { TestCloud.Tenant, Partitions.System })
        {
            var (items, _) = await One.DeadLetters.ListAsync(tenant, null, 100, null, Cancellation);
            reasons.AddRange(items.Select(item => item.Value.Reason));
        }

        return [.. reasons];
    }

    /// <summary>A request with the client's token, unless told otherwise ("" for none).</summary>
    public async Task<(int Status, JsonNode Body)> AskAsync(string method, string path, string? body = null, string? bearer = null)
    {
        var (status, text) = await AskTextAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), bearer);
        return (status, JsonNode.Parse(text)!);
    }

    public async Task<(int Status, string Body)> AskTextAsync(string method, string path, byte[]? body = null, string? bearer = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (bearer != "")
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer ?? token);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = await http.SendAsync(request, Cancellation);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>The member data of a good answer, as JSON.</summary>
    public async Task<string> GetAsync(string path) => await DoAsync("GET", path);

    public async Task<string> PostAsync(string path, string body) => await DoAsync("POST", path, body);

    public async Task<string> DoAsync(string method, string path, string? body = null)
    {
        var (status, answer) = await AskAsync(method, path, body);
        Assert.True(status == 200, $"{method} {path}: {status} {answer.ToJsonString()}");
        return answer["data"]!.ToJsonString(Relaxed);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        keys.Dispose();
        await Cloud.DisposeAsync();
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static TelemetryPipeline MakePipeline(TestCloud cloud)
    {
        var one = cloud.One;
        var resolver = new DeviceResolver(one.Devices, one.Service, one.Tenants, new ProvisioningOptions(), cloud.Time);
        return new TelemetryPipeline(
            resolver,
            new HubEvents(one.Devices, resolver, one.Connections, one.Echoes),
            one.Writer,
            cloud.Series,
            one.Listeners,
            one.DeadLetters,
            one.RuleEngine,
            [new ThingseePayloadDecoder(), new JsonPayloadDecoder()],
            [new ThingseeMessageSplitter()]
        );
    }
}
