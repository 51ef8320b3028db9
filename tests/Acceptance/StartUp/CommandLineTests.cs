using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.StartUp;

/// <summary>What the executable says to whoever starts it.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class CommandLineTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    private CloudOptions Options => new() { Data = folder.At("data") };

    [Fact]
    public async Task Help_lists_every_option_and_its_environment_variable()
    {
        var run = await CloudProcess.RunToEndAsync("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.All(
            ["--urls", "--data", "--mqtt-port", "--mqtts-port", "--bootstrap", "--demo", "SERVERLESS_URLS", "SERVERLESS_MQTT_PORT"],
            name => Assert.Contains(name, run.Output, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("--nope", "--nope")]
    [InlineData("--mqtt-port=abc", "abc")]
    [InlineData("--mqtt-port=99999", "99999")]
    [InlineData("--urls=garbage", "garbage")]
    [InlineData("--urls=ftp://127.0.0.1:1", "ftp")]
    [InlineData("--data=/proc/nowhere", "/proc/nowhere")]
    public async Task A_wrong_option_is_named_on_stderr(string option, string named)
    {
        string[] usual = [$"--data={folder.At("data")}", "--urls=http://127.0.0.1:0", "--mqtt-port=0", "--mqtts-port=0"];
        var run = await CloudProcess.RunToEndAsync([.. usual.Where(other => other.Split('=')[0] != option.Split('=')[0]), option]);

        AssertRefused(run, named);
    }

    [Fact]
    public async Task A_wrong_setting_in_an_environment_variable_is_named_on_stderr()
    {
        var start = new System.Diagnostics.ProcessStartInfo(await PublishedApp.ExecutableAsync(), ["--data", folder.At("data")])
        {
            Environment = { ["SERVERLESS_MQTT_PORT"] = "many" },
        };

        AssertRefused(await CommandRun.RunAsync(start, Poll.Patience), "many");
    }

    [Fact]
    public async Task Settings_are_taken_from_environment_variables()
    {
        var start = new System.Diagnostics.ProcessStartInfo(await PublishedApp.ExecutableAsync())
        {
            Environment =
            {
                ["SERVERLESS_DATA"] = folder.At("data"),
                ["SERVERLESS_URLS"] = "http://127.0.0.1:0",
                ["SERVERLESS_MQTT_PORT"] = "0",
                ["SERVERLESS_MQTTS_PORT"] = "-1",
                ["SERVERLESS_BOOTSTRAP"] = folder.At("missing.json"),
            },
        };

        AssertRefused(await CommandRun.RunAsync(start, Poll.Patience), "missing.json");
    }

    [Theory]
    [InlineData("HTTP")]
    [InlineData("MQTT")]
    public async Task A_port_in_use_is_named_on_stderr(string which)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var run = await CloudProcess.RunToEndAsync(which == "HTTP" ? Options with { HttpPort = port } : Options with { MqttPort = port });

        AssertRefused(run, $"{port}");
        Assert.Contains(which == "HTTP" ? "--urls" : "--mqtt-port", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_works()
    {
        await using var first = await CloudProcess.StartAsync(Options);
        await using var second = await CloudProcess.StartAsync(Options);
        using var http = new HttpClient();

        Assert.Contains(
            "\"status\":\"pass\",\"checks\"",
            await http.GetStringAsync(new Uri(second.Http, "/health")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_stop_is_clean()
    {
        await using var cloud = await CloudProcess.StartAsync(Options with { More = ImmutableArray.Create("--demo") });

        Assert.Equal(0, await cloud.StopAsync());
        Assert.DoesNotContain("   at ", cloud.Output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static void AssertRefused(CommandRun run, string named)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(named, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }
}
