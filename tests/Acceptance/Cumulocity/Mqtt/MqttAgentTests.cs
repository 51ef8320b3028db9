#if !ON_AZURE
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Mqtt;

/// <summary>Agents on MQTT with real clients: npm's mqtt (node/c8y-mqtt.mjs) and mosquitto.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class MqttAgentTests
{
    private static readonly TestUser Admin = new("admin", "correct horse battery", "admin");

    [Fact]
    public async Task An_agent_lives_its_life()
    {
        using var folder = new ScratchFolder();
        await using var cloud = await StartAsync(folder);
        var clients = await NodePackages.ClientsAsync();
        string[] arguments = ["c8y-mqtt.mjs", Broker(cloud), Base(cloud), Admin.Name, Admin.Password, "SN-1"];
        var start = new ProcessStartInfo("node", arguments) { WorkingDirectory = clients };

        var found = JsonNode.Parse((await CommandRun.RunAsync(start, TimeSpan.FromMinutes(3))).Succeeded())!.AsObject();

        var expected = JsonNode
            .Parse(
                """
                {
                  "refused": 4,
                  "badClientId": 2,
                  "granted": [1, 1, 1, 1, 1, 1, 1, 128, 128],
                  "again": "s/e 41,100,Device already existing",
                  "made": ["Pump 1", "c8y_Pump", ["c8y_Restart", "c8y_Command"], {"responseInterval": 60}, {"serialNumber": "SN", "model": "Model 7", "revision": "1.2"}],
                  "external": true,
                  "measurements": [
                    {"type": "c8y_Temperature", "time": "2020-03-19T12:03:27.845Z", "c8y_Temperature": {"T": {"value": 25, "unit": "C"}}},
                    {"type": "Two", "time": "2020-03-20T12:03:27.845Z", "f": {"a": {"value": 1}, "b": {"value": 2.5, "unit": "kWh"}}}
                  ],
                  "raised": ["CRITICAL ACTIVE It is hot"],
                  "cleared": ["MINOR CLEARED It is hot"],
                  "events": ["c8y_Door It is open, now", "c8y_LocationUpdate c8y_LocationUpdate"],
                  "restart": ["s/ds 510,SERIAL", "PENDING", "EXECUTING", "SUCCESSFUL"],
                  "notified": [true, true, true, true],
                  "command": ["s/ds 511,SERIAL,\"say \\\"hello\\\"\"", "SUCCESSFUL", {"text": "say \"hello\"", "result": "hello"}],
                  "failed": ["FAILED", "no, not now"],
                  "pending": ["s/ds 510,SERIAL"],
                  "availability": {"deviceId": true, "interval": 60, "dataStatus": "AVAILABLE", "connectionStatus": "CONNECTED"},
                  "child": [{"T": {"value": 21.5, "unit": "C"}}],
                  "children": ["Sensor"],
                  "childOperation": "s/ds 510,SERIAL-c1",
                  "json": [7, 8, 9],
                  "jsonEvent": 1,
                  "jsonAlarm": 1,
                  "jsonObject": {"deep": [1, null, "x"]},
                  "error": ["undefined/validationError", "number"],
                  "registered": 3,
                  "own": ["s/dc/SERIAL-t 888,Pump 1,Model 7", {"M": {"value": 42}}],
                  "token": 200,
                  "oversize": "s/e 42,400,\"The message has N bytes with its header, more than the N that are taken\"",
                  "wrong": [
                    "s/e 40,9999,There is no static template with this message id",
                    "s/e 45,200,Value 2 is missing: series is mandatory"
                  ],
                  "stays": true
                }
                """
            )!
            .AsObject();
        var different = expected
            .Where(member => !JsonNode.DeepEquals(member.Value, found[member.Key]))
            .Select(member => $"{member.Key}: {found[member.Key]?.ToJsonString()} instead of {member.Value?.ToJsonString()}");
        Assert.Equal([], different);
        Assert.Equal(expected.Count, found.Count);
    }

    [Fact]
    public async Task What_mosquitto_pub_publishes_is_read_and_what_it_may_not_is_refused()
    {
        using var folder = new ScratchFolder();
        await using var cloud = await StartAsync(folder);
        (await PublishAsync(cloud, $"t1/{Admin.Name}", Admin.Password, "SN-2", "200,c8y_Temperature,T,25")).Succeeded();
        Assert.NotEqual(0, (await PublishAsync(cloud, $"t1/{Admin.Name}", "wrong", "SN-2", "125")).ExitCode);
        using var api = Api(cloud);
        var id = (string)(await GetAsync(api, "/identity/externalIds/c8y_Serial/SN-2"))["managedObject"]!["id"]!;
        var measurements = (await GetAsync(api, $"/measurement/measurements?source={id}"))["measurements"]!.AsArray();
        Assert.Equal(25, (double)Assert.Single(measurements)!["c8y_Temperature"]!["T"]!["value"]!);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill()
    {
        using var folder = new ScratchFolder();
        var clients = await NodePackages.ClientsAsync();
        var acknowledged = new SortedSet<int>();
        for (var round = 0; round < 3; round++)
        {
            await using var cloud = await StartAsync(folder);
            string[] arguments = ["c8y-mqtt-publisher.mjs", Broker(cloud), Admin.Name, Admin.Password, "SN-3", $"{round * 10_000}"];
            var publishing = CommandRun.RunAsync(
                new ProcessStartInfo("node", arguments) { WorkingDirectory = clients },
                TimeSpan.FromMinutes(1)
            );
            using var api = Api(cloud);

            // Each round gets somewhere before it ends.
            var some = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds((round * 10_000) + 30);
            var path = $"/measurement/measurements?valueFragmentType=c8y_Killed&dateFrom={some:yyyy-MM-dd'T'HH:mm:ss'Z'}&pageSize=1";
            await Poll.UntilAsync("the device publishes", async () => (await GetAsync(api, path))["measurements"]!.AsArray().Count > 0);
            await Task.Delay(round * 130);
            cloud.Kill();
            acknowledged.UnionWith(JsonNode.Parse((await publishing).Succeeded())!.AsArray().Select(number => (int)number!));
        }

        await using var last = await StartAsync(folder);
        using var reader = Api(last);
        var id = (string)(await GetAsync(reader, "/identity/externalIds/c8y_Serial/SN-3"))["managedObject"]!["id"]!;
        var stored = new List<int>();
        for (var page = 1; ; page++)
        {
            var found = await GetAsync(reader, $"/measurement/measurements?source={id}&pageSize=2000&currentPage={page}");
            var items = found["measurements"]!.AsArray();
            stored.AddRange(items.Select(item => (int)item!["c8y_Killed"]!["n"]!["value"]!));
            if (items.Count == 0)
            {
                break;
            }
        }

        Assert.True(acknowledged.Count > 30, $"{acknowledged.Count} were acknowledged");
        Assert.Empty(acknowledged.Except(stored));
        Assert.Equal(stored.Count, stored.Distinct().Count());
    }

    [Fact]
    public async Task A_new_device_gets_credentials_when_it_is_accepted_and_may_act_for_itself()
    {
        const string bootstrap = "shared by all devices";
        using var folder = new ScratchFolder();
        var file = new TestBootstrap { DeviceBootstrap = bootstrap }.Tenant("t1", [Admin]);
        await using var cloud = await CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), Bootstrap = file });
        var clients = await NodePackages.ClientsAsync();
        string[] arguments = ["c8y-mqtt-bootstrap.mjs", Broker(cloud), Base(cloud), Admin.Name, Admin.Password, bootstrap, "SN-4"];
        var start = new ProcessStartInfo("node", arguments) { WorkingDirectory = clients };

        var found = (await CommandRun.RunAsync(start, TimeSpan.FromMinutes(1))).Succeeded().Trim();

        Assert.Equal(
            """
            {"granted":[1,128],"before":0,"accepted":"ACCEPTED","credentials":["70","t1","device_SN-4"],"measurements":1,"operation":["SUCCESSFUL"],"foreign":["s/e 41,211,Access is denied."]}
            """,
            found
        );
    }

    [Fact]
    public async Task The_same_payloads_come_through_IoT_Hub_by_their_properties()
    {
        using var folder = new ScratchFolder();
        var device = TestDevice.New();
        var file = new TestBootstrap().Tenant("t1", [Admin], [device]);
        await using var cloud = await CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), Bootstrap = file });
        var events = $"devices/{device.Uuid}/messages/events/";
        await new Mosquitto(cloud) { Topic = events + "dialect=smartrest&topic=s%2Fus" }.PublishAsync(
            device,
            "200,c8y_Temperature,T,25\n301,c8y_Hot\n400,c8y_Door,Open"
        );
        await new Mosquitto(cloud) { Topic = events + "dialect=c8y-json&topic=measurement%2Fmeasurements%2Fcreate" }.PublishAsync(
            device,
            """{"type":"j","time":"2020-03-21T12:03:27.845Z","j":{"x":{"value":7}}}"""
        );
        using var api = Api(cloud);
        var id = (string)(await GetAsync(api, $"/identity/externalIds/c8y_Serial/{device.Uuid}"))["managedObject"]!["id"]!;
        Assert.Equal(2, (await GetAsync(api, $"/measurement/measurements?source={id}"))["measurements"]!.AsArray().Count);
        Assert.Single((await GetAsync(api, $"/alarm/alarms?source={id}"))["alarms"]!.AsArray());
        Assert.Single((await GetAsync(api, $"/event/events?source={id}"))["events"]!.AsArray());
    }

    private static Task<CloudProcess> StartAsync(ScratchFolder folder) =>
        CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), Bootstrap = new TestBootstrap().Tenant("t1", [Admin]) });

    private static string Broker(CloudProcess cloud) => $"mqtt://127.0.0.1:{cloud.MqttPort}";

    private static string Base(CloudProcess cloud) => cloud.Http.ToString().TrimEnd('/');

    private static HttpClient Api(CloudProcess cloud)
    {
        var client = new HttpClient { BaseAddress = cloud.Http, Timeout = Poll.Patience };
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Admin.Name}:{Admin.Password}"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", basic);
        return client;
    }

    private static async Task<JsonNode> GetAsync(HttpClient api, string path) =>
        JsonNode.Parse(await api.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    private static Task<CommandRun> PublishAsync(CloudProcess cloud, string user, string password, string serial, string row) =>
        Mosquitto.PublishAsync(cloud, user, password, "s/us", row, serial);
}
#endif
