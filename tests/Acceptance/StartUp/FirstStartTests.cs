using System.Diagnostics;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.StartUp;

/// <summary>What a newcomer sees, and does with it.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class FirstStartTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    [Fact]
    public async Task The_lines_to_paste_work_and_are_shown_once()
    {
        var options = new CloudOptions { Data = folder.At("data") };
        string password;
        await using (var cloud = await CloudProcess.StartAsync(options))
        {
            await Poll.UntilAsync("the lines to paste are there", () => cloud.Output.Count("Authorization: Bearer") > 0);
            password = cloud.Output.Behind("  password")!;
            var paste = cloud.Output.Lines.SkipWhile(line => !line.StartsWith("# ", StringComparison.Ordinal)).TakeWhile(IsOfTheBanner);
            folder.Write(".curlrc", "fail\nwrite-out = \"\\n\"\n");
            var start = new ProcessStartInfo("sh", ["-e", folder.Write("paste.sh", string.Join('\n', paste) + "\n")])
            {
                Environment = { ["CURL_HOME"] = folder.Path },
            };
            var answers = (await CommandRun.RunAsync(start, Poll.Patience)).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);

            Assert.All(answers, answer => Assert.NotNull(JsonNode.Parse(answer)));
            var named = answers.Where(answer => answer.Contains("auto~temp", StringComparison.Ordinal)).ToList();
            var last = Assert.Single(named, answer => !answer.Contains("results", StringComparison.Ordinal));
            Assert.Equal(2, named.Count(answer => answer.Contains("results", StringComparison.Ordinal)));
            Assert.Equal(21.5, (double)Assert.Single(JsonNode.Parse(last)!.AsObject()).Value!["auto~temp"]![0]!["values"]!["value"]!);
        }

        await using var again = await CloudProcess.StartAsync(options);
        Assert.DoesNotContain("password", again.Output.ToString(), StringComparison.Ordinal);
        using var reader = await ProficloudClient.LogInAsync(again.Http, new TestUser("admin", password));
    }

    [Fact]
    public async Task Every_demo_device_has_readings_that_change()
    {
        await using var cloud = await CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), More = ["--demo"] });
        await Poll.UntilAsync("the lines to paste are there", () => cloud.Output.Count("Authorization: Bearer") > 0);
        var admin = new TestUser("admin", cloud.Output.Behind("  password")!);
        using var reader = await ProficloudClient.LogInAsync(cloud.Http, admin);
        using var management = await ManagementClient.LogInAsync(cloud.Http, admin);
        var devices = (await management.GetAsync("devices"))!["items"]!.AsArray();
        var demo = devices.Where(device => (string?)device!["type"] != "example").Select(device => (string)device!["uuid"]!).ToList();
        Assert.True(demo.Count >= 3, $"{demo.Count} demo devices");

        const string Series = "auto~temperature,c8y_Temperature,auto~voltage,auto~speed,auto~temp";
        foreach (var uuid in demo)
        {
            await Poll.UntilAsync($"two readings of {uuid} differ", async () => Different(await reader.DataAsync(uuid, Series)));
        }
    }

    public void Dispose() => folder.Dispose();

    private static bool Different(string data)
    {
        var elements = JsonNode.Parse(data)!.AsArray();
        var values = elements.SelectMany(element => element!.AsObject().First().Value!.AsObject().First().Value!.AsArray());
        return values.Select(point => point!["values"]!.ToJsonString()).Distinct().Count() > 1;
    }

    private static bool IsOfTheBanner(string line) => !line.StartsWith('{');
}
