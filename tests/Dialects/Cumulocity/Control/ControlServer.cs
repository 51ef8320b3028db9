using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Cumulocity;
using Serverless.Dialects.Cumulocity.Alarms;
using Serverless.Dialects.Cumulocity.Audit;
using Serverless.Dialects.Cumulocity.Operations;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Registration;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Tests.Http;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Registration;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Control;

/// <summary>The alarms, operations, registration and audit of the dialect behind Kestrel on a free port, on a cloud of its own.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SigningKeys keys;
    private readonly AccessTokens access;
    private readonly Dictionary<string, string> tokens = [];

    private ControlServer(TestCloud cloud, SigningKeys keys, AccessTokens access, WebApplication app)
    {
        (Cloud, this.keys, this.access, this.app) = (cloud, keys, access, app);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public TestCloud Cloud { get; }

    public CloudInstance One => Cloud.One;

    public HttpClient Http { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ControlServer> StartAsync(TenantSettings? settings = null)
    {
        var cloud = await TestCloud.OpenAsync(settings);
        var one = cloud.One;
        var signing = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var issued = new AccessTokens(signing, one.Users, cloud.Time);
        var callers = new CumulocityCallers(new HttpCallers(issued, one.Logins, one.Users));
        var dialect = new CumulocityDialect(callers, Routes(cloud), []);
        var built = await LoopbackServer.StartAsync(dialect, Cancellation);
        var server = new ControlServer(cloud, signing, issued, built);
        await server.AddUserAsync("user", Roles.User);
        await server.AddUserAsync("admin", Roles.Admin);
        await server.AddUserAsync("reader", Roles.Reader);
        return server;
    }

    public async Task<DeviceTwin> AddAgentAsync(string name, string? owner = null, IReadOnlyList<string>? parents = null) =>
        await AddAsync(
            new NewDevice
            {
                Name = name,
                Owner = owner,
                Parents = parents ?? [],
                Fragments = new JsonObject { ["c8y_IsDevice"] = new JsonObject(), [CommandAgents.Fragment] = new JsonObject() },
            }
        );

    public async Task<DeviceTwin> AddAsync(NewDevice device) =>
        (await One.Service.CreateAsync(TestCloud.Tenant, device, Cancellation)).Value;

    public async Task AddUserAsync(string name, params IReadOnlyList<string> roles)
    {
        var user = await One.Users.CreateAsync(TestCloud.Tenant, name, new UserChange { Roles = roles }, Cancellation);
        await SignInAsync(name, user.Value);
    }

    /// <summary>A user as devices get them with their credentials.</summary>
    public async Task AddDeviceUserAsync(string name) =>
        await SignInAsync(name, (await One.Users.SetDeviceAsync(TestCloud.Tenant, name, "a device's password", Cancellation)).Value);

    public async Task SignInAsync(string name, User user) =>
        tokens[name] = (await access.IssueAsync(TestCloud.Tenant, user, null, Cancellation)).Access;

    public string TokenOf(string user) => tokens[user];

    /// <summary>A request that must succeed; its body, null where it is empty.</summary>
    public async Task<JsonNode?> DoAsync(int status, string method, string path, string? body = null, string user = "user")
    {
        var (got, answer, _) = await AskAsync(method, path, body, user);
        Assert.True(got == status, $"{method} {path}: {got} {answer}");
        return answer.Length == 0 ? null : JsonNode.Parse(answer);
    }

    public Task<JsonNode?> GetAsync(string path, string user = "user") => DoAsync(200, "GET", path, null, user);

    /// <summary>What the API answers to a wrong request: its status, error and message.</summary>
    public async Task<(int Status, string Error, string Message)> RefusedAsync(
        string method,
        string path,
        string? body = null,
        string user = "user"
    )
    {
        var (status, answer, type) = await AskAsync(method, path, body, user);
        Assert.StartsWith("application/vnd.com.nsn.cumulocity.error+json", type, StringComparison.Ordinal);
        var error = JsonNode.Parse(answer)!;
        return (status, (string)error["error"]!, (string)error["message"]!);
    }

    public async Task<(int Status, string Body, string? Type)> AskAsync(
        string method,
        string path,
        string? body,
        string user,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = user.Contains(':', StringComparison.Ordinal)
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)))
            : new AuthenticationHeaderValue("Bearer", tokens[user]);
        request.Headers.Accept.ParseAdd("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await Http.SendAsync(request, Cancellation);
        return (
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(Cancellation),
            response.Content.Headers.ContentType?.ToString()
        );
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        keys.Dispose();
        await Cloud.DisposeAsync();
    }

    private static IEnumerable<ICumulocityRoutes> Routes(TestCloud cloud)
    {
        var one = cloud.One;
        var scope = new DeviceScope(one.Devices, one.Links);
        var pages = new CollectionPages(new PageCursors(cloud.Time));
        var agents = new CommandAgents(one.Devices);
        var registration = new DeviceRegistration(cloud.Store, one.Users, one.Devices, cloud.Time);
        var groups = new GroupPaths(one.Devices, one.Service, one.Links);
        return
        [
            new AlarmRoutes(
                one.Alarms,
                new AlarmFilters(scope, one.Links),
                one.Devices,
                new Heartbeats(one.Devices, cloud.Time),
                scope,
                pages,
                cloud.Time
            ),
            new OperationRoutes(one.Commands, one.Echoes, agents, new OperationFilters(scope), one.Devices, scope, pages, cloud.Time),
            new BulkOperationRoutes(one.BulkOperations, pages),
            new DeviceRequestRoutes(registration, one.Devices, pages),
            new CredentialRoutes(registration),
            new BulkRegistrationRoutes(new BulkRegistration(registration, one.Users, one.Devices, one.Service, groups)),
            new AuditRoutes(one.Audit, pages),
        ];
    }
}
