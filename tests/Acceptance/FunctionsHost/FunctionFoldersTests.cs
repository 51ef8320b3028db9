using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>The published folder is what the host expects: host.json, the executable and a folder for each function.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class FunctionFoldersTests
{
    [Fact]
    public async Task Host_json_names_the_executable_and_lets_requests_through_unchanged()
    {
        var executable = await PublishedApp.ExecutableAsync();
        var host = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(executable)!, "host.json")))!;

        Assert.Equal("2.0", (string)host["version"]!);
        Assert.Equal(Path.GetFileName(executable), (string)host["customHandler"]!["description"]!["defaultExecutablePath"]!);
        Assert.True((bool)host["customHandler"]!["enableProxyingHttpRequest"]!);
        Assert.Null(host["customHandler"]!["enableForwardingHttpRequest"]);
        Assert.Null(host["configurationProfile"]);
        Assert.Equal("", (string)host["extensions"]!["http"]!["routePrefix"]!);
    }

    [Fact]
    public async Task Each_function_has_one_trigger_and_the_app_serves_its_path()
    {
        var functions = Path.GetDirectoryName(await PublishedApp.ExecutableAsync())!;
        var files = Directory.GetFiles(functions, "function.json", SearchOption.AllDirectories);
        Assert.Contains("http", files.Select(Name));
        Assert.Contains("telemetry", files.Select(Name));

        await using var cloud = await HostedCloud.StartAsync();
        foreach (var file in files)
        {
            Assert.Equal(functions, Path.GetDirectoryName(Path.GetDirectoryName(file)));
            var bindings = JsonNode.Parse(await File.ReadAllTextAsync(file))!["bindings"]!.AsArray();
            var trigger = Assert.Single(bindings, binding => ((string)binding!["type"]!).EndsWith("Trigger", StringComparison.Ordinal));
            Assert.Equal("in", (string)trigger!["direction"]!);
            if ((string)trigger["type"]! == "httpTrigger")
            {
                Assert.Equal("{*path}", (string)trigger["route"]!);
                Assert.Equal("anonymous", (string)trigger["authLevel"]!);
                Assert.Equal(2, bindings.Count);
            }
            else
            {
                var data = new JsonObject
                {
                    ["Data"] = new JsonObject { [(string)trigger["name"]!] = "[]" },
                    ["Metadata"] = new JsonObject(),
                };
                await cloud.Host.InvokeAsync(Name(file), data.ToJsonString());
            }
        }
    }

    [Fact]
    public async Task What_somebody_waits_to_be_told_is_looked_for_every_minute()
    {
        var functions = Path.GetDirectoryName(await PublishedApp.ExecutableAsync())!;
        var watch = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(functions, "watch", "function.json")))!;

        Assert.Equal("0 * * * * *", (string)watch["bindings"]![0]!["schedule"]!);
    }

    [Fact]
    public async Task Behind_the_host_neither_credentials_nor_addresses_are_printed()
    {
        await using var cloud = await HostedCloud.StartAsync();

        Assert.DoesNotContain("password", cloud.Host.Output.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("MQTT", cloud.Host.Output.ToString(), StringComparison.Ordinal);
    }

    private static string Name(string file) => Path.GetFileName(Path.GetDirectoryName(file))!;
}
