using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.Operations;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Tests.Cumulocity.Mqtt;

/// <summary>Operations on their way down.</summary>
public sealed class OperationTests
{
    [Theory]
    [InlineData("""{"c8y_Restart":{}}""", "510,S")]
    [InlineData("""{"c8y_Command":{"text":"execute \"this\""}}""", "511,S,\"execute \\\"this\\\"\"")]
    [InlineData("""{"serverless_Command":{"dialect":"thingsee","payload":"blink, twice"}}""", "511,S,\"blink, twice\"")]
    [InlineData("""{"serverless_Command":{"dialect":"thingsee","payload":{"a":1}}}""", "")]
    [InlineData("""{"c8y_Configuration":{"config":"val1=1\nval2=2"}}""", "513,S,\"val1=1\nval2=2\"")]
    [InlineData("""{"c8y_Firmware":{"name":"f","version":"1","url":"u"}}""", "515,S,f,1,u")]
    [InlineData("""{"c8y_Firmware":{"name":"f","version":"1","url":"u","isPatch":true,"dependency":"d"}}""", "525,S,f,1,u,d")]
    [InlineData("""{"c8y_SoftwareList":[{"name":"a","version":"1.0","url":"u"},{"name":"b"}]}""", "516,S,a,1.0,u,b,,")]
    [InlineData("""{"c8y_MeasurementRequestOperation":{"requestName":"LOGA"}}""", "517,S,LOGA")]
    [InlineData("""{"c8y_Relay":{"relayState":"OPEN"}}""", "518,S,OPEN")]
    [InlineData("""{"c8y_RelayArray":["OPEN","CLOSED"]}""", "519,S,OPEN,CLOSED")]
    [InlineData("""{"c8y_SendConfiguration":{}}""", "520,S")]
    [InlineData("""{"c8y_DownloadConfigFile":{"url":"u"}}""", "521,S,u")]
    [InlineData("""{"c8y_DownloadConfigFile":{"url":"u","type":"t"}}""", "524,S,u,t")]
    [InlineData(
        """{"c8y_LogfileRequest":{"logFile":"l","dateFrom":"2013-06-22","dateTo":"2013-06-23","searchText":"ERROR","maximumLines":1000}}""",
        "522,S,l,2013-06-22,2013-06-23,ERROR,1000"
    )]
    [InlineData("""{"c8y_CommunicationMode":{"mode":"SMS"}}""", "523,S,SMS")]
    [InlineData("""{"c8y_UploadConfigFile":{"type":"t"}}""", "526,S,t")]
    [InlineData(
        """{"c8y_DeviceProfile":{"firmware":{"name":"f","version":"1","url":"u","isPatch":true,"dependency":"d"},"software":[{"name":"a","version":"1","url":"u","action":"install"}],"configuration":[{"url":"u","type":"t"}]}}""",
        "527,S,$FW,f,1,u,true,d,$SW,a,1,u,install,$CONF,u,t"
    )]
    [InlineData("""{"c8y_SoftwareUpdate":[{"name":"a","version":"1","url":"u","action":"install"}]}""", "528,S,a,1,u,install")]
    [InlineData("""{"c8y_RemoteAccessConnect":{"hostname":"10.0.0.67","port":22,"connectionKey":"k"}}""", "530,S,10.0.0.67,22,k")]
    [InlineData("""{"c8y_Custom":{"a":1}}""", "")]
    [InlineData("""{"c8y_Command":"no object","c8y_RelayArray":7}""", "511,S, 519,S")]
    public void An_operation_is_a_row(string operation, string rows) =>
        Assert.Equal(rows, string.Join(' ', DownRows.Of(JsonNode.Parse(operation)!.AsObject(), "S", false)));

    [Fact]
    public void A_device_that_knows_types_of_software_is_told_them()
    {
        var operation = JsonNode.Parse(
            """{"c8y_SoftwareUpdate":[{"name":"a","version":"1","softwareType":"apt","url":"u","action":"delete"}]}"""
        )!;
        Assert.Equal(["529,S,a,1,apt,u,delete"], DownRows.Of(operation.AsObject(), "S", true));
    }

    [Fact]
    public async Task A_new_operation_goes_to_the_agent_once_on_each_topic()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: ["s/ds", "devicecontrol/notifications"]);
        await client.PublishAsync("s/us", "101,c1");
        var (root, child) = (await server.TwinAsync("SN-1"), await server.TwinAsync("c1"));
        var id = await CommandAsync(server, child);
        string[] both = [await client.NextAsync(), await client.NextAsync()];
        Assert.Contains("s/ds 511,c1,ls", both);
        var told = JsonNode.Parse(both.Single(line => line.StartsWith("devicecontrol", StringComparison.Ordinal)).Split(' ', 2)[1])!;
        Assert.Equal(
            (id, root.Id, child.Id, "c1", "c8y_Serial", "PENDING"),
            (
                (string)told["id"]!,
                (string)told["agentId"]!,
                (string)told["deviceId"]!,
                (string)told["externalSource"]!["externalId"]!,
                (string)told["externalSource"]!["type"]!,
                (string)told["delivery"]!["status"]!
            )
        );

        server.Api.Answers["GET /devicecontrol/operations?agentId="] = () =>
            new JsonObject { ["operations"] = new JsonArray(Operation(id, child), Operation("99", root)) };
        await client.PublishAsync("s/us", "500");
        Assert.Equal("s/ds 511,SN-1,ls", await client.NextAsync());
        Assert.StartsWith("devicecontrol/notifications {\"id\":\"99\"", await client.NextAsync());
        await client.PublishAsync("s/us", "500");
        Assert.Empty(client.Received);
        await client.Session.OnDisconnectedAsync();
    }

    [Fact]
    public async Task What_is_pending_comes_with_the_subscription_to_notifications_and_with_500()
    {
        await using var server = await MqttServer.StartAsync();
        var first = await server.ConnectAsync();
        await first.PublishAsync("s/us", "100");
        await first.Session.OnDisconnectedAsync();
        var root = await server.TwinAsync("SN-1");
        server.Api.Answers["GET /devicecontrol/operations?agentId="] = () =>
            new JsonObject { ["operations"] = new JsonArray(Operation("99", root)) };
        var client = await server.ConnectAsync(subscriptions: "s/ds");
        Assert.Empty(client.Received);
        Assert.True(await client.Session.OnSubscribeAsync("devicecontrol/notifications", 1, MqttServer.Cancellation));
        Assert.StartsWith("devicecontrol/notifications {\"id\":\"99\"", await client.NextAsync());
        await client.PublishAsync("s/us", "500");
        Assert.Equal("s/ds 511,SN-1,ls", await client.NextAsync());
        Assert.Empty(client.Received);
        await client.Session.OnDisconnectedAsync();
    }

    [Fact]
    public async Task An_operation_of_another_device_is_not_for_it()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: "s/ds");
        await client.PublishAsync("s/us", "100");
        var other = await server.ConnectAsync("SN-2");
        await other.PublishAsync("s/us", "100");
        await CommandAsync(server, await server.TwinAsync("SN-2"));
        await CommandAsync(server, await server.TwinAsync("SN-1"));
        Assert.Equal("s/ds 511,SN-1,ls", await client.NextAsync());
        Assert.Empty(client.Received);
        await client.Session.OnDisconnectedAsync();
        await other.Session.OnDisconnectedAsync();
    }

    [Fact]
    public async Task An_operation_of_a_service_goes_to_the_agent_of_its_device()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: "s/ds");
        await client.PublishAsync("s/us", "102,db-1,database,DB,up");

        await CommandAsync(server, await server.TwinAsync("db-1"));

        Assert.Equal("s/ds 511,db-1,ls", await client.NextAsync());
        await client.PublishAsync("s/us/db-1", "501,c8y_Command");
        var service = await server.TwinAsync("db-1");
        Assert.Contains(server.Api.Calls, call => call.Contains($"deviceId={service.Id}", StringComparison.Ordinal));
        await client.Session.OnDisconnectedAsync();
    }

    [Fact]
    public async Task Whoever_listens_to_all_collections_gets_the_rows_of_each()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: ["s/dt", "s/dc/#"]);
        await client.PublishAsync("s/us", "100");
        await client.PublishAsync("s/ut/first", "11,888,,c8y_Command,c8y_Command.text");
        await client.PublishAsync("s/ut/second", "11,999,,c8y_Command,deviceId");
        await client.PublishAsync("s/ut/third", "11,777,,c8y_Restart,deviceId");
        Assert.All(
            new[] { await client.NextAsync(), await client.NextAsync(), await client.NextAsync() },
            line => Assert.StartsWith("s/dt 20", line)
        );
        var root = await server.TwinAsync("SN-1");

        await CommandAsync(server, root);

        string[] rows = [await client.NextAsync(), await client.NextAsync()];
        Assert.Equal(["s/dc/first 888,SN-1,ls", $"s/dc/second 999,SN-1,{root.Id}"], rows.Order());
        Assert.Empty(client.Received);
        await client.Session.OnDisconnectedAsync();
    }

    private static async Task<string> CommandAsync(MqttServer server, DeviceTwin device)
    {
        // The agent looks at what the API shows; the change log only tells that there is something.
        server.Api.Answers["GET /devicecontrol/operations/"] = () => Operation(LastId(server), device);
        var command = new NewCommand
        {
            Device = device.Id,
            Dialect = "cumulocity",
            Payload = new JsonObject(),
        };
        return (await server.Cloud.One.Commands.CreateAsync(MqttServer.Tenant, command, MqttServer.Cancellation)).Value.Id;
    }

    private static string LastId(MqttServer server) =>
        server.Api.Calls.Last(call => call.StartsWith("GET /devicecontrol/operations/", StringComparison.Ordinal)).Split('/')[^1];

    private static JsonObject Operation(string id, DeviceTwin device) =>
        new()
        {
            ["id"] = id,
            ["deviceId"] = device.Id,
            ["status"] = "PENDING",
            ["creationTime"] = "2020-01-01T00:00:00.000Z",
            ["self"] = "http://localhost/x",
            ["c8y_Command"] = new JsonObject { ["text"] = "ls" },
        };
}
