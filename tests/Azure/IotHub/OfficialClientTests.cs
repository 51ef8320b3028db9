using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Serverless.Local.Certificates;

namespace Serverless.Azure.Tests.IotHub;

/// <summary>The fake hub answers Microsoft's own client, npm's azure-iothub, as that expects: what this client and the fake disagree in, the fake has wrong.</summary>
public sealed class OfficialClientTests : IDisposable
{
    private readonly FakeIotHub hub = new();

    [Fact]
    public async Task It_makes_reads_changes_lists_and_removes_devices()
    {
        var steps = await RunAsync();

        var made = steps["create"]["got"]!;
        Assert.Equal(("pump#1", "sas"), (made["deviceId"]!.ToString(), made["authentication"]!["type"]!.ToString()));
        Assert.NotEqual("", made["authentication"]!["symmetricKey"]!["primaryKey"]!.ToString());
        Assert.Equal("DeviceAlreadyExistsError", Error(steps["create again"]));
        Assert.Equal(
            ["\"other\"", "\"enabled\"", "\"disabled\"", """["other","pump#1"]""", "204"],
            new[] { "create another", "get", "update", "list", "delete" }.Select(step => Got(steps[step]))
        );
        Assert.Equal(("DeviceNotFoundError", "DeviceNotFoundError"), (Error(steps["get nobody"]), Error(steps["delete again"])));
        Assert.Equal(["other"], hub.Devices.Keys);
    }

    [Fact]
    public async Task It_reads_and_changes_twins_by_their_entity_tags()
    {
        var steps = await RunAsync();

        Assert.Equal(
            """{"deviceId":"pump#1","status":"disabled","desired":{"$metadata":{"$lastUpdated":"2026-03-01T12:00:00.1234567Z"},"$version":1}}""",
            Got(steps["twin"])
        );
        Assert.Equal(
            """{"interval":5,"deep":{"x":1,"y":2},"$metadata":{"$lastUpdated":"2026-03-01T12:00:00.1234567Z"},"$version":2}""",
            Got(steps["twin update"])
        );
        Assert.Equal("InvalidEtagError", Error(steps["twin update of what has changed"]));
        Assert.Equal(
            """{"tags":{"site":"a"},"desired":{"deep":{"x":1,"y":3},"$metadata":{"$lastUpdated":"2026-03-01T12:00:00.1234567Z"},"$version":3}}""",
            Got(steps["twin update of whatever is there"])
        );
    }

    [Fact]
    public async Task It_pages_through_a_query_and_calls_methods()
    {
        JsonObject? called = null;
        hub.Method = (id, call) =>
        {
            if (id != "pump#1")
            {
                return FakeIotHub.Error(HttpStatusCode.NotFound, "DeviceNotOnline");
            }

            called = call;
            return FakeIotHub.Json(HttpStatusCode.OK, JsonNode.Parse("""{"status":207,"payload":{"ok":true}}""")!);
        };

        var steps = await RunAsync();

        Assert.Equal("""["other enabled Disconnected","pump#1 disabled Disconnected"]""", Got(steps["query"]));
        Assert.Equal("ArgumentError", Error(steps["wrong query"]));
        Assert.Equal("""{"status":207,"payload":{"ok":true}}""", Got(steps["method"]));
        Assert.Equal(
            ["connectTimeoutInSeconds", "methodName", "payload", "responseTimeoutInSeconds"],
            called!.Select(member => member.Key).Order()
        );
        Assert.Equal("Not found", steps["method of a device that is away"]["message"]?.ToString());
        Assert.Contains("https://iothubs.azure.net/.default", Got(steps["scopes"]), StringComparison.Ordinal);
        Assert.All(hub.Tokens, token => Assert.Equal("Bearer the-token", token));
    }

    public void Dispose() => hub.Dispose();

    private static string Got(JsonObject step) => step["got"]?.ToJsonString() ?? step.ToJsonString();

    private static string Error(JsonObject step) => step["error"]?.ToString() ?? step.ToJsonString();

    private async Task<Dictionary<string, JsonObject>> RunAsync()
    {
        using var folder = new ScratchFolder();
        var certificates = DevelopmentCertificates.Open(folder.Path, TimeProvider.System);
        await using var server = await HubServer.StartAsync(hub, certificates);
        var start = new ProcessStartInfo("node", [Path.Combine(await NodePackages.StandInsAsync(), "iothub.mjs"), $"{server.Port}"]);
        start.Environment["NODE_EXTRA_CA_CERTS"] = certificates.AuthorityPath;

        var run = await CommandRun.RunAsync(start, TimeSpan.FromMinutes(1));

        return run.Succeeded()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject())
            .ToDictionary(step => step["step"]!.ToString());
    }
}
