using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Serverless.Domain.Devices;
using Serverless.Domain.Topics;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.Topics;

/// <summary>A dialect's client as it is in the field: mosquitto_pub and mosquitto_sub.</summary>
public sealed class MosquittoTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("mqttv31", 0)]
    [InlineData("mqttv31", 2)]
    [InlineData("mqttv311", 0)]
    [InlineData("mqttv311", 1)]
    [InlineData("mqttv311", 2)]
    public async Task Mosquitto_publishes_at_every_QoS(string version, int qos)
    {
        var dialect = new TestDialect();
        await using var endpoint = await StartAsync(dialect: dialect);
        var (code, _) = await RunAsync("mosquitto_pub", endpoint, "-V", version, "-t", "a/b", "-q", $"{qos}", "-m", "hello");
        Assert.Equal(0, code);
        await dialect.ExpectAsync("m1 connected", $"m1 publish a/b {qos} hello", "m1 disconnected");
    }

    [Fact]
    public async Task Mosquitto_gets_what_waited_for_the_device_behind_it()
    {
        var dialect = new TestDialect { OnConnected = link => link.Attach("d1", message => new TopicMessage("down/d1", message.Body, 1)) };
        await using var endpoint = await StartAsync(dialect: dialect);
        var none = new Dictionary<string, string>();
        for (var i = 0; i < 40; i++)
        {
            var message = new CloudToDeviceMessage($"m{i}", Encoding.UTF8.GetBytes($"{i}"), none, none);
            await endpoint.Gateway.SendAsync("d1", message, TestContext.Current.CancellationToken);
        }

        var (code, output) = await RunAsync("mosquitto_sub", endpoint, "-t", "down/#", "-q", "1", "-c", "-C", "40");
        Assert.Equal(0, code);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i}"), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Mosquitto_is_told_that_its_password_is_wrong()
    {
        await using var endpoint = await StartAsync(dialect: new TestDialect());
        var (code, output) = await RunAsync("mosquitto_pub", endpoint, "-P", "wrong", "-t", "a", "-m", "x");
        Assert.NotEqual(0, code);
        Assert.Contains("bad user name or password", output, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, TestEndpoint endpoint, params string[] more)
    {
        string[] arguments = ["-h", "127.0.0.1", "-p", $"{endpoint.Port}", "-i", "m1", "-u", "test", "-P", "secret", .. more];
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Fail($"{program} is missing: apt-get install -y mosquitto-clients");
            throw;
        }

        using (process)
        {
            using var patience = new CancellationTokenSource(Patience);
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            try
            {
                await process.WaitForExitAsync(patience.Token);
                return (process.ExitCode, await output + await errors);
            }
            finally
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
