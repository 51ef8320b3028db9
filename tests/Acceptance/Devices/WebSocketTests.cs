using System.Diagnostics;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Devices;

/// <summary>MQTT over WebSocket on the HTTP port, with MQTT.js.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class WebSocketTests(SharedCloud shared)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("/mqtt")]
    [InlineData("/$iothub/websocket")]
    public async Task A_message_is_read_back(string path)
    {
        var device = shared.TakeDevice();

        var run = await PublishAsync(path, device, Sas.Token("127.0.0.1", device));

        Assert.Equal("acknowledged", run.Succeeded().Trim());
        Assert.Equal(
            $$$"""{"{{{device.Uuid}}}":{"auto~temp":[{"timestamp":"2020-07-21T10:45:01Z","values":{"value":21.5}}]}}""",
            await shared.Reader.LastAsync(device.Uuid, "auto~temp")
        );
    }

    [Fact]
    public async Task Another_devices_token_is_refused()
    {
        var run = await PublishAsync("/mqtt", shared.TakeDevice(), Sas.Token("127.0.0.1", shared.TakeDevice()));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("Not authorized", run.Errors, StringComparison.Ordinal);
    }

    private async Task<CommandRun> PublishAsync(string path, TestDevice device, string password)
    {
        var url = new UriBuilder(shared.Cloud.Http) { Scheme = "ws", Path = path }.Uri;
        string[] arguments =
        [
            Path.Combine(await NodePackages.ClientsAsync(), "websocket.mjs"),
            url.ToString(),
            device.Uuid,
            Sas.UserName("127.0.0.1", device.Uuid),
            password,
            """{"timestamp":1595328301000,"temp":21.5}""",
        ];
        return await CommandRun.RunAsync(new ProcessStartInfo("node", arguments), Deadline);
    }
}
