using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Conduit;

/// <summary>A cloud whose user admin has a Conduit token, with the vendor's limits.</summary>
internal sealed class ConduitCloud : IAsyncDisposable
{
    public const string Token = "5b131223c67e7abcd81b0617";

    private readonly ScratchFolder folder = new();
    private readonly List<CloudProcess> instances = [];

    public CloudProcess Cloud => instances[0];

    public static async Task<ConduitCloud> StartAsync(JsonObject? settings = null)
    {
        var cloud = new ConduitCloud();
        var admin = new TestUser("admin", "correct horse battery", "admin");
        await cloud.AddInstanceAsync(new TestBootstrap().Tenant("t1", [admin], settings: settings));
        using var management = await ManagementClient.LogInAsync(cloud.Cloud.Http, admin);
        var token = new JsonObject { ["purpose"] = "conduit", ["token"] = Token };
        await management.DoAsync(HttpMethod.Post, "users/admin/tokens", token);
        var switches = new JsonObject
        {
            ["http"] = true,
            ["mqtt"] = true,
            ["webhook"] = true,
        };
        await management.DoAsync(HttpMethod.Patch, "users/admin", new JsonObject { ["conduit"] = switches });
        return cloud;
    }

    /// <summary>One more process on the same stores.</summary>
    public async Task AddInstanceAsync(TestBootstrap? bootstrap = null) =>
        instances.Add(await CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), Bootstrap = bootstrap }));

    public async Task<(int Status, HttpResponseHeaders Headers, string Body)> SendAsync(
        HttpMethod method,
        string path,
        string? json = null,
        int instance = 0
    )
    {
        using var client = new HttpClient { BaseAddress = instances[instance].Http, Timeout = Poll.Patience };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Api-Key", Token);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
            Assert.DoesNotContain(Token, instance.Output.ToString(), StringComparison.Ordinal);
        }

        folder.Dispose();
    }
}
