using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Devices;

/// <summary>What Microsoft's device client sends is read back by a Proficloud client at once.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class IotHubClientTests(SharedCloud shared)
{
    [Fact]
    public async Task A_device_publishes_and_a_proficloud_client_reads_it_back_at_once()
    {
        var device = shared.TakeDevice();
        await using var node = await NodeDevice.OpenAsync(shared.Cloud, device);

        await node.SendAsync(JsonNode.Parse("""{"timestamp":1595328301000,"pressure":10,"temperature":50.25,"watt":800}""")!);
        await node.SendAsync(JsonNode.Parse("""{"timestamp":1595328302500,"pressure":0,"temperature":-35,"watt":300}""")!);

        Assert.Equal(
            $$$"""{"{{{device.Uuid}}}":{"auto~pressure":[{"timestamp":"2020-07-21T10:45:02.5Z","values":{"value":0}}],"auto~temperature":[{"timestamp":"2020-07-21T10:45:02.5Z","values":{"value":-35}}]}}""",
            await shared.Reader.LastAsync(device.Uuid, "auto~pressure,auto~temperature")
        );
        Assert.Equal(
            $$$"""[{"{{{device.Uuid}}}":{"auto~temperature":[{"timestamp":"2020-07-21T10:45:01Z","values":{"value":50.25}},{"timestamp":"2020-07-21T10:45:02.5Z","values":{"value":-35}}]}},{"{{{device.Uuid}}}":{"auto~watt":[{"timestamp":"2020-07-21T10:45:01Z","values":{"value":800}},{"timestamp":"2020-07-21T10:45:02.5Z","values":{"value":300}}]}}]""",
            await shared.Reader.DataAsync(device.Uuid, "auto~temperature,auto~watt")
        );
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_the_client_says_unauthorized()
    {
        var device = shared.TakeDevice() with { Key = TestDevice.New().Key };

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => NodeDevice.OpenAsync(shared.Cloud, device));

        Assert.Contains("UnauthorizedError", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_reads_its_twin_and_reports_properties()
    {
        var device = shared.TakeDevice();
        await using var node = await NodeDevice.OpenAsync(shared.Cloud, device);

        var first = await node.CallAsync("twin");
        await node.CallAsync("report", new() { ["patch"] = JsonNode.Parse("""{"firmware":"1.0","net":{"ip":"10.0.0.7","up":true}}""") });
        await node.CallAsync("report", new() { ["patch"] = JsonNode.Parse("""{"net":{"up":null}}""") });
        var second = await node.CallAsync("twin");

        Assert.Equal("""{"desired":{"$version":1},"reported":{"$version":1}}""", first!.ToJsonString());
        Assert.Equal("1.0", (string)second!["reported"]!["firmware"]!);
        Assert.Equal("""{"ip":"10.0.0.7"}""", second["reported"]!["net"]!.ToJsonString());
        Assert.Equal(3, (int)second["reported"]!["$version"]!);
    }

    [Fact]
    public async Task A_device_renews_its_token_by_reconnecting_and_goes_on()
    {
        var device = shared.TakeDevice();
        await using var node = await NodeDevice.OpenAsync(shared.Cloud, device, tokenSeconds: 4);
        await node.SendAsync(JsonNode.Parse("""{"timestamp":1595328301000,"renewed":1}""")!);

        await Poll.UntilAsync(
            "the device has reconnected with new tokens",
            () => shared.Cloud.Output.Count($"{device.Uuid} is connected") > 2
        );
        await node.SendAsync(JsonNode.Parse("""{"timestamp":1595328302000,"renewed":2}""")!);

        Assert.Equal(2, (await shared.Reader.PointsAsync(device.Uuid, "auto~renewed")).Count);
    }

    [Fact]
    public async Task A_second_connection_of_the_same_device_ends_the_first()
    {
        var device = shared.TakeDevice();
        await using var first = await NodeDevice.OpenAsync(shared.Cloud, device);
        await using var second = await NodeDevice.OpenAsync(shared.Cloud, device);

        await first.EventAsync("disconnect");
        await second.SendAsync(JsonNode.Parse("""{"temp":1}""")!);

        Assert.Single(await shared.Reader.PointsAsync(device.Uuid, "auto~temp"));
    }
}
