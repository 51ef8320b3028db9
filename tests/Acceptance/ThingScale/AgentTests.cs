#if !ON_AZURE
using System.Diagnostics;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.ThingScale;

/// <summary>An agent on MQTT, with real clients: npm's mqtt and fetch (node/thingscale.mjs), and mosquitto_pub.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class AgentTests
{
    [Fact]
    public async Task An_agent_publishes_in_every_form_and_gets_what_is_published_to_it()
    {
        await using var cloud = await ThingScaleCloud.StartAsync();
        var folder = await NodePackages.ClientsAsync();
        string[] arguments =
        [
            "thingscale.mjs",
            $"mqtt://127.0.0.1:{cloud.Process.MqttPort}",
            cloud.Process.Http.ToString().TrimEnd('/'),
            cloud.ApiToken,
            ThingScaleCloud.MqttUser,
            cloud.DeviceToken,
            "edge-1",
        ];
        var start = new ProcessStartInfo("node", arguments) { WorkingDirectory = folder };

        var found = JsonNode.Parse((await CommandRun.RunAsync(start, TimeSpan.FromMinutes(2))).Succeeded())!;

        Assert.Contains("Bad username or password", (string)found["refused"]!, StringComparison.Ordinal);
        Assert.Null(found["mapped"]);
        Assert.Equal(
            """
            [{"tag":null,"value":{"n":1}},{"tag":"tagged","value":{"n":2}},{"tag":null,"value":{"value":3.5}},{"tag":null,"value":"00ff10"},{"value":21.5,"value2":40},{"tag":"will","value":{"n":9}}]
            """,
            found["rows"]!.ToJsonString()
        );
        var state = found["state"]!.AsObject();
        Assert.Matches("[+]09:00$", (string)state["last_update"]!);
        state.Remove("last_update");
        Assert.Equal("""{"health":"OK","load":5.9,"uptime":250036}""", state.ToJsonString());
        Assert.Equal(
            """[{"client_id":"edge-1_a1b2","clean_sess":true,"proto_ver":4,"keepalive":60},{"client_id":"dying","clean_sess":true,"proto_ver":3,"keepalive":60}]""",
            found["sessions"]!.ToJsonString()
        );
        Assert.Equal("[1,1,128,128]", found["granted"]!.ToJsonString());
        Assert.Equal(200, (int)found["published"]!);
        Assert.Equal(
            """[{"topic":"TOKEN/edge-1/subscribe","payload":"dout=on"},{"topic":"TOKEN/edge-1-late/subscribe","payload":"hello"}]""",
            found["received"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task What_is_published_to_a_device_that_is_away_waits_for_it()
    {
        await using var cloud = await ThingScaleCloud.StartAsync();
        await cloud.CallAsync("POST", "device/edge-1");
        Assert.Equal(200, (await cloud.CallAsync("POST", "publish/edge-1", """{"qos":1,"payload":"dout=on"}""")).Status);

        var run = await CommandRun.RunAsync(
            "mosquitto_sub",
            "-h",
            "127.0.0.1",
            "-p",
            $"{cloud.Process.MqttPort}",
            "-u",
            ThingScaleCloud.MqttUser,
            "-P",
            cloud.DeviceToken,
            "-t",
            $"{cloud.DeviceToken}/edge-1/subscribe",
            "-q",
            "1",
            "-C",
            "1",
            "-W",
            "20"
        );

        Assert.Equal("dout=on", run.Succeeded().Trim());
    }
}
#endif
