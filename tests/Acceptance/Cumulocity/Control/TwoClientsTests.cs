using System.Diagnostics;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Control;

/// <summary>One program makes operations, an agent works on them, two subscribers watch (node/c8y-two-clients.mjs): @c8y/client and a Bayeux socket.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class TwoClientsTests(SharedCloud shared)
{
    [Theory]
    [InlineData("long-polling")]
    [InlineData("websocket")]
    [InlineData("mqtt")]
    public async Task Each_status_of_an_operation_is_seen_once_and_in_order(string way)
    {
        var cloud = shared.Cloud;
        string[] arguments =
        [
            "c8y-two-clients.mjs",
            cloud.Http.ToString().TrimEnd('/'),
            $"mqtt://127.0.0.1:{cloud.MqttPort}",
            "t1",
            SharedCloud.Admin.Name,
            SharedCloud.Admin.Password,
            way,
            "20",
        ];
        var start = new ProcessStartInfo("node", arguments) { WorkingDirectory = await NodePackages.ClientsAsync() };

        var run = await CommandRun.RunAsync(start, TimeSpan.FromMinutes(2));

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        const string life = """{"CREATE PENDING, UPDATE EXECUTING, UPDATE SUCCESSFUL":20}""";
        var expected = $$"""{"official":{{life}},"own":{{life}},"worked":20,"failures":[],"statuses":["SUCCESSFUL"]}""";
        Assert.Equal(expected, JsonNode.Parse(run.Output.Trim())!.ToJsonString());
    }
}
