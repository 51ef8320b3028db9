using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Serverless.Contracts;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Conduit;
using Serverless.Dialects.Conduit.Uplinks;
using Serverless.Dialects.Tests.Http;
using Serverless.Domain.Devices;
using Serverless.Domain.Limits;
using Serverless.Domain.Provisioning;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Tests.Support;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>An answer: its status, headers by name, and body (decompressed where it came compressed).</summary>
internal sealed record ConduitReply(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public override string ToString() => $"{Status} {Body}".TrimEnd();
}

/// <summary>The dialect behind Kestrel on a free port, with the user ann and her token, all of whose services are on. Reads have no limit unless settings say so.</summary>
internal sealed class ConduitServer : IAsyncDisposable
{
    public const string Token = "5b131223c67e7abcd81b0617";

    private readonly List<WebApplication> apps = [];
    private readonly List<HttpClient> clients = [];
    private readonly SigningKeys keys;

    private ConduitServer(TestCloud cloud)
    {
        Cloud = cloud;
        keys = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        Tokens = new AccessTokens(keys, cloud.One.Users, cloud.Time);
    }

    public TestCloud Cloud { get; }

    public AccessTokens Tokens { get; }

    public HttpClient Client => clients[0];

    public RecordingLogger<ConduitDialect> Log { get; } = new();

    /// <summary>The first instance's way in for messages.</summary>
    public CloudInstance One { get; private set; } = null!;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ConduitServer> StartAsync(ConduitSettings? conduit = null, UnknownDevices? unknown = null)
    {
        var settings = new TenantSettings { Conduit = conduit ?? new() { ReadSeconds = 0 }, UnknownDevices = unknown };
        var server = new ConduitServer(await TestCloud.OpenAsync(settings));
        server.One = await server.AddInstanceAsync();
        await server.AddUserAsync("ann", Token);
        return server;
    }

    /// <summary>One more instance of the app on the same stores; its client is the next of <see cref="SendAsync"/>.</summary>
    public async Task<CloudInstance> AddInstanceAsync()
    {
        var one = Cloud.Instance(decoders: [new ConduitPayloadDecoder(), new JsonPayloadDecoder()]);
        var dialect = new ConduitDialect(
            one.Devices,
            one.Service,
            new DeviceHistory(Cloud.Series),
            Cloud.Series,
            one.Tenants,
            one.Users,
            new HttpCallers(Tokens, one.Logins, one.Users),
            new RateWindows(Cloud.Store, Cloud.Time),
            new ProvisioningOptions(),
            one.Pipeline,
            new MessageClock(Cloud.Time),
            Cloud.Time,
            Log
        );
        var app = await LoopbackServer.StartAsync(dialect, Cancellation);
        apps.Add(app);
        clients.Add(new HttpClient { BaseAddress = new Uri(app.Urls.Single()) });
        return one;
    }

    public Task AddUserAsync(
        string name,
        string token,
        string role = Roles.User,
        bool http = true,
        bool mqtt = true,
        bool webhook = true
    ) =>
        Cloud.One.Users.ApplyAsync(
            TestCloud.Tenant,
            name,
            new UserChange { Roles = [role], Conduit = new ConduitChange(token, http, mqtt, webhook) },
            null,
            Cancellation
        );

    public async Task<DeviceTwin> AddAsync(NewDevice device) =>
        (await One.Service.CreateAsync(TestCloud.Tenant, device, Cancellation)).Value;

    public Task<DeviceTwin> AddAsync(string networkId, params Channel[] channels) =>
        AddAsync(new NewDevice { ExternalIds = [new ExternalId(ConduitPayloadDecoder.NetworkId, networkId)], Channels = channels });

    public async Task<DeviceTwin> TwinAsync(string networkId) =>
        (
            await One.Devices.FindByNameAsync(TestCloud.Tenant, ConduitPayloadDecoder.NetworkId, networkId, Cancellation)
            ?? throw new InvalidOperationException($"There is no device {networkId}.")
        ).Value;

    /// <summary>Writes one point of a device, its time in seconds since 1970.</summary>
    public Task WriteAsync(DeviceTwin device, string measurement, double seconds, FieldValue value, string field = Readings.ValueField) =>
        Cloud.Series.WriteAsync(
            TestCloud.Tenant,
            Tenant.DeviceDatabase,
            [new Point(measurement, TagSet.Of("uuid", device.Uuid.ToString()), field, (long)((decimal)seconds * 1_000_000_000), value)],
            Cancellation
        );

    public Task<ConduitReply> GetAsync(string path, string? token = Token, int instance = 0) =>
        SendAsync("GET", path, null, token, instance);

    public Task<ConduitReply> PostAsync(string path, string json, string? token = Token) =>
        SendAsync("POST", path, new StringContent(json, Encoding.UTF8, "application/json"), token);

    public async Task<ConduitReply> SendAsync(
        string method,
        string path,
        HttpContent? content = null,
        string? token = Token,
        int instance = 0,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (token is not null)
        {
            request.Headers.Add("X-Api-Key", token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await clients[instance].SendAsync(request, Cancellation);
        return new ConduitReply(
            (int)response.StatusCode,
            response
                .Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            await TextAsync(response.Content)
        );
    }

    private static async Task<string> TextAsync(HttpContent content)
    {
        await using var stream = await content.ReadAsStreamAsync(Cancellation);
        var compressed = content.Headers.ContentEncoding.Contains("gzip");
        using var reader = new StreamReader(compressed ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        return await reader.ReadToEndAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        keys.Dispose();
        await Cloud.DisposeAsync();
    }
}
