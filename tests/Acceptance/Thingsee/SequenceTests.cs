using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Thingsee;

/// <summary>The sequences of the vendor's documentation, end to end: authenticate, create a group, install, assign, command, echo, inventory.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class SequenceTests : IAsyncLifetime
{
    private const string Secret = "the secret of the program";
    private static readonly TestUser Admin = new("admin", "correct horse battery", "admin");
    private static readonly TestUser Hasty = new("hasty", "staple of the hasty", "admin");
    private readonly ScratchFolder folder = new();
    private readonly TestDevice device = TestDevice.New();
    private readonly TestDevice hastyDevice = TestDevice.New();
    private readonly string tuid = $"TSPR04{Guid.NewGuid():N}"[..17].ToUpperInvariant();
    private CloudProcess cloud = null!;

    public async ValueTask InitializeAsync()
    {
        var hasty = new JsonObject { ["commands"] = new JsonObject { ["lifetimeSeconds"] = 2 } };
        var bootstrap = new TestBootstrap().Tenant("t1", [Admin], [device]).Tenant("t2", [Hasty], [hastyDevice], hasty);
        cloud = await CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), Bootstrap = bootstrap });
    }

    public async ValueTask DisposeAsync()
    {
        if (cloud is not null)
        {
            await cloud.DisposeAsync();
        }

        folder.Dispose();
    }

    [Fact]
    public async Task The_echo_of_a_configuration_updates_the_inventory()
    {
        using var client = await InstallAsync(Admin, device, "api-user");
        var message = Configuration(7, 10);

        var answer = await client.PostAsync($"things/{tuid}/commands", new JsonArray(message.DeepClone()));
        Assert.Equal("api-user", (string)answer["responsible"]!);
        Assert.Equal(message.ToJsonString(), answer["commands"]![0]!.ToJsonString());

        await using (var sender = await DeviceSender.OpenAsync(cloud, device))
        {
            await sender.SendAsync(Echo(7, 10));
        }

        var shown = await client.CommandAsync(tuid, "acknowledged");
        Assert.Equal((tuid, "api-user"), ((string)shown["tuid"]!, (string)shown["responsible"]!));
        Assert.Equal(message.ToJsonString(), shown["command"]!.ToJsonString());
        var kept = await client.GetAsync($"things/{tuid}/messages?limit=5");
        Assert.Equal("prfi00northernfinland", (string)Assert.Single(kept.AsArray())!["deploymentGroupId"]!);
        Assert.Equal("installed", (string)(await client.GetAsync($"things/{tuid}/installations?limit=1"))[0]!["installation_status"]!);
        Assert.Equal(tuid, (string)(await client.GetAsync("groups/prfi00northernfinland/things"))["tuids"]![0]!);
    }

    [Fact]
    public async Task A_wrong_echo_is_a_failure()
    {
        using var client = await InstallAsync(Admin, device, "api-user");
        await client.PostAsync($"things/{tuid}/commands", new JsonArray(Configuration(8, 10)));

        await using (var sender = await DeviceSender.OpenAsync(cloud, device))
        {
            await sender.SendAsync(Echo(8, 3600));
        }

        var shown = await client.CommandAsync(tuid, "failed");
        Assert.Equal("The device shows measurementInterval as 3600 instead of 10.", (string)shown["failure"]!);
    }

    [Fact]
    public async Task Without_an_echo_a_command_expires_at_its_deadline()
    {
        using var client = await InstallAsync(Hasty, hastyDevice, "hasty-program");
        await client.PostAsync($"things/{tuid}/commands", new JsonArray(Configuration(9, 10)));

        await client.CommandAsync(tuid, "expired");
    }

#if !ON_AZURE
    [Fact]
    public async Task A_connected_device_gets_the_command_as_a_method_and_its_echo_travels_on_to_the_streams()
    {
        using var client = await InstallAsync(Admin, device, "api-user");
        await using var realtime = await BayeuxListener.OpenAsync(cloud, "t1", Admin, "/operations/*");
        await using var stream = await StreamReader.OpenAsync(cloud, "api-user", Secret, "cloudext/json/pr/fi/+/+/1500");
        await using var node = await NodeDevice.OpenAsync(cloud, device);
        var answer = new JsonObject
        {
            ["name"] = "command",
            ["status"] = 200,
            ["payload"] = new JsonObject(),
        };
        await node.CallAsync("method", answer);

        await client.PostAsync($"things/{tuid}/commands", new JsonArray(Configuration(1, 10)));

        var call = (await node.EventAsync("method"))!["payload"]!;
        Assert.Equal(("thingsee", "1"), ((string)call["dialect"]!, (string)call["transactionId"]!));
        Assert.Equal($"[{Configuration(1, 10).ToJsonString()}]", call["payload"]!.ToJsonString());
        Assert.Equal("sent", (string)(await client.CommandAsync(tuid, "sent"))["state"]!);

        await node.SendAsync(Echo(1, 10));
        await client.CommandAsync(tuid, "acknowledged");
        var (topic, payload) = await stream.NextAsync();
        Assert.Equal($"cloudext/json/pr/fi/prfi00northernfinland/{tuid}/1500", topic);
        Assert.Equal(("prfi00northernfinland", 31), ((string)payload["deploymentGroupId"]!, (int)payload["tsmEv"]!));

        // Cumulocity's subscribers see the command as an operation.
        foreach (var story in new[] { "CREATE PENDING", "UPDATE EXECUTING", "UPDATE SUCCESSFUL" })
        {
            var (channel, data) = await realtime.NotificationAsync();
            Assert.Equal(
                (story, "thingsee", $"/operations/{data["data"]!["deviceId"]}"),
                ($"{data["realtimeAction"]} {data["data"]!["status"]}", (string)data["data"]!["serverless_Command"]!["dialect"]!, channel)
            );
        }
    }

    [Fact]
    public async Task A_device_that_is_away_finds_the_command_when_it_comes()
    {
        using var client = await InstallAsync(Admin, device, "api-user");
        await client.PostAsync($"things/{tuid}/commands", new JsonArray(Configuration(2, 10)));
        await client.CommandAsync(tuid, "sent");

        await using var node = await NodeDevice.OpenAsync(cloud, device);
        var twin = await node.CallAsync("twin");
        var waiting = Assert.Single(twin!["desired"]!["commands"]!.AsObject()).Value!;
        Assert.Equal(("thingsee", "2"), ((string)waiting["dialect"]!, (string)waiting["transactionId"]!));
        Assert.Equal($"[{Configuration(2, 10).ToJsonString()}]", waiting["payload"]!.ToJsonString());

        await node.SendAsync(Echo(2, 10));
        await client.CommandAsync(tuid, "acknowledged");
    }
#endif

    /// <summary>Everything before the first command: the program's credentials and token, the group, the device with its TUID, installed and assigned.</summary>
    private async Task<ThingseeClient> InstallAsync(TestUser admin, TestDevice own, string program)
    {
        using var management = await ManagementClient.LogInAsync(cloud.Http, admin);
        await management.DoAsync(HttpMethod.Post, "clients", new JsonObject { ["id"] = program, ["secret"] = Secret });
        var name = new JsonObject { ["type"] = "tuid", ["value"] = tuid };
        await management.DoAsync(HttpMethod.Patch, $"devices/{own.Uuid}", new JsonObject { ["externalIds"] = new JsonArray(name) });

        var client = await ThingseeClient.LogInAsync(cloud.Http, program, Secret);
        await client.PostAsync("groups", new JsonObject { ["group_id"] = "prfi00northernfinland" });
        await client.PostAsync($"things/{tuid}/installations", new JsonObject { ["installation_status"] = "installed" });
        await client.PostAsync($"things/{tuid}/group", new JsonObject { ["group_id"] = "prfi00northernfinland" });
        return client;
    }

    private JsonObject Configuration(int transaction, int interval) =>
        new()
        {
            ["tsmId"] = 1500,
            ["tsmEv"] = 30,
            ["tsmTs"] = 1492603998,
            ["tsmDstTuid"] = tuid,
            ["transactionId"] = transaction,
            ["measurementInterval"] = interval,
            ["reportInterval"] = 60,
        };

    private JsonArray Echo(int transaction, int interval) =>
        new(
            new JsonObject
            {
                ["tsmId"] = 1500,
                ["tsmEv"] = 31,
                ["tsmTs"] = 1503714007,
                ["tsmTuid"] = tuid,
                ["transactionId"] = transaction,
                ["measurementInterval"] = interval,
                ["reportInterval"] = 60,
            }
        );
}
