using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.ThingScale;

/// <summary>A cloud whose one account, in Tokyo, has a user with ThingScale's tokens, and no limits of requests.</summary>
internal sealed class ThingScaleCloud : IAsyncDisposable
{
    public const string MqttUser = "U000001";

    private readonly ScratchFolder scratch;
    private readonly CloudOptions started;

    private ThingScaleCloud(ScratchFolder folder, CloudOptions options, CloudProcess process) =>
        (scratch, started, Process) = (folder, options, process);

    public static TestUser Admin { get; } = new("admin", "correct horse battery", "admin");

    public CloudProcess Process { get; private set; }

    public string ApiToken { get; } = Guid.NewGuid().ToString("N");

    public string DeviceToken { get; } = Guid.NewGuid().ToString("N");

    /// <param name="configure">Changes the options that it starts with; null leaves them.</param>
    public static async Task<ThingScaleCloud> StartAsync(Func<CloudOptions, CloudOptions>? configure = null)
    {
        var folder = new ScratchFolder();
        var settings = new JsonObject
        {
            ["thingScale"] = new JsonObject { ["requestsPerSecond"] = 0, ["connectorRequestsPerSecond"] = 0 },
        };
        var bootstrap = new TestBootstrap().Tenant("t1", [Admin], settings: settings);
        var options = new CloudOptions { Data = folder.At("data"), Bootstrap = bootstrap };
        options = configure?.Invoke(options) ?? options;
        var cloud = new ThingScaleCloud(folder, options, await CloudProcess.StartAsync(options));
        using var management = await ManagementClient.LogInAsync(cloud.Process.Http, Admin);
        await management.DoAsync(HttpMethod.Patch, "users/admin", new JsonObject { ["mqttUser"] = MqttUser });
        await IssueAsync(management, "api", cloud.ApiToken);
        await IssueAsync(management, "device", cloud.DeviceToken);
        return cloud;
    }

    /// <summary>Ends the process without a warning and starts it again.</summary>
    public async Task KillAndStartAsync()
    {
        Process.Kill();
        await Process.DisposeAsync();
        Process = await CloudProcess.StartAsync(started);
    }

    public async Task<(int Status, string Body)> SendAsync(
        string method,
        string path,
        string? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var client = new HttpClient { BaseAddress = Process.Http, Timeout = Poll.Patience };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (request.Content is not null)
        {
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task<(int Status, string Body)> CallAsync(
        string method,
        string path,
        string? body = null,
        params (string Name, string Value)[] headers
    ) => SendAsync(method, $"/v2/{path}", body, [("X-APITOKEN", ApiToken), .. headers]);

    public Task<(int Status, string Body)> PostAsync(string path, string device, string body) =>
        SendAsync("POST", path, body, ("X-DEVICETOKEN", DeviceToken), ("X-DEVICEID", device));

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Assert.DoesNotContain(ApiToken, Process.Output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(DeviceToken, Process.Output.ToString(), StringComparison.Ordinal);
        scratch.Dispose();
    }

    private static async Task IssueAsync(ManagementClient management, string purpose, string token) =>
        await management.DoAsync(HttpMethod.Post, "users/admin/tokens", new JsonObject { ["purpose"] = purpose, ["token"] = token });
}
