using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Influx;
using Serverless.Dialects.Tests.Http;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.InfluxQL;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Influx;

/// <summary>The dialect behind Kestrel on a free port, with database "d", the user ann and her token in the client.</summary>
internal sealed class InfluxServer : IAsyncDisposable
{
    public const string Password = "secret";

    private readonly WebApplication app;
    private readonly SigningKeys keys;

    private InfluxServer(TestCloud cloud, SigningKeys keys, WebApplication app)
    {
        (Cloud, this.keys, this.app) = (cloud, keys, app);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-token");
    }

    public TestCloud Cloud { get; }

    public HttpClient Client { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<InfluxServer> StartAsync(TenantSettings? settings = null)
    {
        var cloud = await TestCloud.OpenAsync(settings);
        var one = cloud.One;
        var signing = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var callers = new HttpCallers(new AccessTokens(signing, one.Users, cloud.Time), one.Logins, one.Users);
        var engine = new QueryEngine(one.Databases, cloud.Series, cloud.Time);
        var dialect = new InfluxDialect(
            engine,
            cloud.Series,
            one.Pipeline,
            one.Databases,
            one.Tenants,
            callers,
            cloud.Time,
            NullLogger<InfluxDialect>.Instance
        );
        var built = await LoopbackServer.StartAsync(dialect, Cancellation);
        await one.Databases.CreateAsync(TestCloud.Tenant, "d", null, Cancellation);
        var server = new InfluxServer(cloud, signing, built);
        await server.AddUserAsync("ann", Roles.Admin, "the-token");
        return server;
    }

    public Task AddUserAsync(string name, string role, string? token = null) =>
        Cloud.One.Users.ApplyAsync(
            TestCloud.Tenant,
            name,
            new UserChange
            {
                Password = Password,
                Roles = [role],
                ApiToken = token,
            },
            null,
            Cancellation
        );

    /// <summary>Sends a request; the answer is its status, a space, and its body without the line's end.</summary>
    public async Task<string> SendAsync(string method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        using var response = await Client.SendAsync(request, Cancellation);
        return $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync(Cancellation)).TrimEnd('\n')}".TrimEnd();
    }

    public Task<string> WriteAsync(string lines, string parameters = "db=d") =>
        SendAsync("POST", $"/write?{parameters}", new StringContent(lines));

    public Task<string> QueryAsync(string query, string parameters = "db=d") =>
        SendAsync("GET", $"/query?{parameters}&q={Uri.EscapeDataString(query)}");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        keys.Dispose();
        await Cloud.DisposeAsync();
    }
}
