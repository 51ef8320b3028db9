using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Devices;

/// <summary>What the management API sends reaches Microsoft's device client, and its answers come back.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class DeviceCommandTests(SharedCloud shared)
{
    [Fact]
    public async Task A_desired_property_reaches_the_device_and_a_reported_one_comes_back()
    {
        var device = shared.TakeDevice();
        await using var node = await NodeDevice.OpenAsync(shared.Cloud, device);
        using var management = await ManagementClient.LogInAsync(shared.Cloud.Http, SharedCloud.Admin);
        await node.CallAsync("twin");

        await management.DoAsync(HttpMethod.Patch, $"devices/{device.Uuid}/desired", new JsonObject { ["interval"] = 9 });
        await Poll.UntilAsync("the device is told", async () => (int?)(await node.EventAsync("desired"))!["interval"] == 9);
        await node.CallAsync("report", new() { ["patch"] = new JsonObject { ["interval"] = 9 } });

        var twin = await management.GetAsync($"devices/{device.Uuid}");
        Assert.Contains("\"interval\":9", twin!["reported"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_direct_method_is_answered_by_the_device()
    {
        var device = shared.TakeDevice();
        await using var node = await NodeDevice.OpenAsync(shared.Cloud, device);
        using var management = await ManagementClient.LogInAsync(shared.Cloud.Http, SharedCloud.Admin);
        await node.CallAsync(
            "method",
            new()
            {
                ["name"] = "reboot",
                ["status"] = 207,
                ["payload"] = new JsonObject { ["ok"] = true },
            }
        );

        var call = new JsonObject
        {
            ["name"] = "reboot",
            ["payload"] = new JsonObject { ["delay"] = 5 },
        };
        var answer = await Poll.UntilAsync(
            "the device has subscribed to methods",
            async () =>
                await management.SendAsync(HttpMethod.Post, $"devices/{device.Uuid}/methods", call.DeepClone())
                    is (System.Net.HttpStatusCode.OK, { } body)
                    ? body
                    : null
        );

        Assert.Equal("""{"status":207,"payload":{"ok":true}}""", answer.ToJsonString());
        Assert.Equal("""{"name":"reboot","payload":{"delay":5}}""", (await node.EventAsync("method"))!.ToJsonString());
    }

    [Fact]
    public async Task A_method_of_a_device_that_is_offline_is_a_problem_of_its_own()
    {
        using var management = await ManagementClient.LogInAsync(shared.Cloud.Http, SharedCloud.Admin);

        var call = new JsonObject { ["name"] = "reboot" };
        var (status, problem) = await management.SendAsync(HttpMethod.Post, $"devices/{shared.TakeDevice().Uuid}/methods", call);

        Assert.True((int)status is >= 400 and < 500, $"{(int)status}");
        Assert.EndsWith("device-offline", (string)problem!["type"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_waits_for_a_device_that_is_offline()
    {
        var device = shared.TakeDevice();
        using var management = await ManagementClient.LogInAsync(shared.Cloud.Http, SharedCloud.Admin);
        var message = new JsonObject
        {
            ["messageId"] = "m1",
            ["body"] = new JsonObject { ["valve"] = "öffnen" },
            ["properties"] = new JsonObject { ["a b"] = "c&d" },
        };
        await management.DoAsync(HttpMethod.Post, $"devices/{device.Uuid}/messages", message);

        await using var node = await NodeDevice.OpenAsync(shared.Cloud, device);
        await node.CallAsync("receive");
        var received = await node.EventAsync("message");

        Assert.Equal("m1", (string)received!["id"]!);
        Assert.Equal("öffnen", (string)JsonNode.Parse((string)received["body"]!)!["valve"]!);
        Assert.Equal("c&d", (string)received["properties"]!["a b"]!);
    }
}
