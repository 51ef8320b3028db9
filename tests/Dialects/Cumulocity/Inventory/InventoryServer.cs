using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Cumulocity;
using Serverless.Dialects.Cumulocity.Inventory;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Cumulocity.Tenants;
using Serverless.Dialects.Tests.Http;
using Serverless.Domain.Binaries;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Registration;
using Serverless.Domain.Users;
using Serverless.Tests.Support;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory;

/// <summary>Inventory, identity, tenant and users behind Kestrel on a free port, on a cloud of its own; requests are the admin's, unless told otherwise.</summary>
internal sealed class InventoryServer : IAsyncDisposable
{
    public const string Admin = "admin";
    public const string Password = "a password of the user";

    private readonly WebApplication app;

    private InventoryServer(TestCloud cloud, WebApplication app)
    {
        (Cloud, this.app) = (cloud, app);
        Http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public TestCloud Cloud { get; }

    public CloudInstance One => Cloud.One;

    public IServiceProvider Services => app.Services;

    public HttpClient Http { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<InventoryServer> StartAsync()
    {
        var cloud = await TestCloud.OpenAsync();
        var one = cloud.One;
        var builder = LoopbackServer.NewBuilder();
        var services = builder.Services;
        services.AddSingleton<TimeProvider>(cloud.Time);
        services.AddSingleton<IDocumentStore>(cloud.Store);
        services.AddSingleton<ISigningKeyStore>(new DocumentSigningKeys(cloud.Store, cloud.Time));
        services.AddSingleton(one.Tenants);
        services.AddSingleton(one.Users);
        services.AddSingleton(one.Logins);
        services.AddSingleton(one.Changes);
        services.AddSingleton(one.Devices);
        services.AddSingleton(one.Links);
        services.AddSingleton(one.Service);
        services.AddSingleton(cloud.Series);
        services.AddSingleton<DeviceHistory>();
        services.AddSingleton<DeviceIds>();
        services.AddSingleton(one.Audit);
        services.AddSingleton<DeviceRegistration>();
        services.AddSingleton<BinaryStore>();
        services.AddSingleton<Heartbeats>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<HttpCallers>();
        services.AddSingleton<CumulocityCallers>();
        services.AddSingleton<DeviceScope>();
        services.AddSingleton<CollectionPages>();
        services.AddSingleton<IDialect, CumulocityDialect>();
        services.AddInventory();
        services.AddAccounts();
        var built = builder.Build();
        foreach (var dialect in built.Services.GetServices<IDialect>())
        {
            dialect.Map(built);
        }

        await built.StartAsync(Cancellation);
        var server = new InventoryServer(cloud, built);
        await server.AddUserAsync(Admin, Roles.Admin);
        return server;
    }

    public async Task AddUserAsync(string name, string role)
    {
        var roles = Roles.All.Contains(role) ? new[] { role } : [];
        await One.Users.CreateAsync(TestCloud.Tenant, name, new UserChange { Password = Password, Roles = roles }, Cancellation);
    }

    public async Task<HttpResponseMessage> SendAsync(
        string method,
        string path,
        HttpContent? content = null,
        string user = Admin,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (user.Length > 0)
        {
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{TestCloud.Tenant}/{user}:{Password}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        }

        request.Headers.Add("Accept", "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Http.SendAsync(request, Cancellation);
    }

    /// <summary>The status and the answer's JSON; an empty answer is null.</summary>
    public async Task<(int Status, JsonNode? Body)> AskAsync(
        string method,
        string path,
        string? body = null,
        string type = "application/json",
        string user = Admin,
        params (string Name, string Value)[] headers
    )
    {
        using var content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content?.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await SendAsync(method, path, content, user, headers);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>The answer where it is good.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        var (status, body) = await AskAsync("GET", path);
        Assert.True(status == 200, $"GET {path}: {status} {body?.ToJsonString()}");
        return body!;
    }

    /// <summary>Makes an object; its id.</summary>
    public async Task<string> CreateAsync(string body)
    {
        var (status, made) = await AskAsync("POST", "/inventory/managedObjects", body);
        Assert.True(status == 201, $"{status} {made?.ToJsonString()}");
        return made!["id"]!.GetValue<string>();
    }

    /// <summary>The names of the objects that a list answers, in its order.</summary>
    public async Task<string> NamesAsync(string parameters) =>
        string.Join(
            ' ',
            (await GetAsync($"/inventory/managedObjects?pageSize=100&{parameters}"))["managedObjects"]!
                .AsArray()
                .Select(one => one!["name"]?.GetValue<string>() ?? "-")
        );

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        await Cloud.DisposeAsync();
    }
}
