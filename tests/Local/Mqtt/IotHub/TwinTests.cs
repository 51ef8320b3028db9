using System.Text.Json.Nodes;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;
using static Serverless.Local.Tests.Mqtt.Support.TestEndpoint;

namespace Serverless.Local.Tests.Mqtt.IotHub;

public sealed class TwinTests
{
    private const string Get = "$iothub/twin/GET/?$rid=";
    private const string Patch = "$iothub/twin/PATCH/properties/reported/?$rid=";

    [Fact]
    public async Task The_twin_comes_with_both_sides_and_their_versions()
    {
        await using var endpoint = await StartAsync();
        await using var device = await SubscribedAsync(endpoint);
        endpoint.Hub.Twins["dev1"] = new HubTwin(new JsonObject { ["interval"] = 5 }, 3, new JsonObject { ["fw"] = "1.0" }, 4);
        await device.SendAsync(ClientPackets.Publish(Get + "a%2Fb-1", " "));
        var response = await device.ReadAsync(PacketType.Publish);
        Assert.Equal("$iothub/twin/res/200/?$rid=a%2Fb-1", response.Topic);
        Assert.Equal("""{"desired":{"interval":5,"$version":3},"reported":{"fw":"1.0","$version":4}}""", response.Payload);
        Assert.Equal(0, response.Qos);
    }

    [Fact]
    public async Task A_reported_patch_is_answered_with_the_new_version()
    {
        await using var endpoint = await StartAsync();
        await using var device = await SubscribedAsync(endpoint);
        await device.SendAsync(ClientPackets.Publish(Patch + "1", """{"fw":"1.0","x":null}"""));
        var response = await device.ReadAsync(PacketType.Publish);
        Assert.Equal("$iothub/twin/res/204/?$rid=1&$version=2", response.Topic);
        Assert.Equal("", response.Payload);
        Assert.Equal("1.0", (string?)endpoint.Hub.Twins["dev1"].Reported["fw"]);
    }

    [Fact]
    public async Task A_reported_patch_is_applied_although_the_device_leaves_at_once()
    {
        await using var endpoint = await StartAsync();
        await using var device = await SubscribedAsync(endpoint);
        var held = new TaskCompletionSource();
        endpoint.Hub.Patching = held.Task;
        await device.SendAsync([.. ClientPackets.Publish(Patch + "1", """{"fw":"2.0"}"""), .. ClientPackets.Disconnect]);
        await device.AssertClosedAsync();
        held.SetResult();
        for (var i = 0; i < 100 && endpoint.Hub.Twins["dev1"].Reported.Count == 0; i++)
        {
            await Task.Delay(20);
        }

        Assert.Equal("2.0", (string?)endpoint.Hub.Twins["dev1"].Reported["fw"]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("""{"a":1,"a":2}""")]
    public async Task A_patch_that_is_not_a_JSON_object_is_answered_with_400(string patch)
    {
        await using var endpoint = await StartAsync();
        await using var device = await SubscribedAsync(endpoint);
        await device.SendAsync(ClientPackets.Publish(Patch + "1", patch));
        await AssertErrorAsync(device, 400);
    }

    [Fact]
    public async Task The_hubs_own_refusal_goes_to_the_device()
    {
        await using var endpoint = await StartAsync();
        await using var device = await SubscribedAsync(endpoint);
        endpoint.Hub.OnPatch = _ => throw new HubRequestException(429, "Too many patches.");
        await device.SendAsync(ClientPackets.Publish(Patch + "1", "{}"));
        Assert.Equal("Too many patches.", (string?)(await AssertErrorAsync(device, 429))["message"]);
    }

    [Fact]
    public async Task A_failure_is_answered_with_500_and_says_nothing_of_its_cause()
    {
        await using var endpoint = await StartAsync();
        await using var device = await SubscribedAsync(endpoint);
        endpoint.Hub.OnPatch = _ => throw new IOException("secret");
        await device.SendAsync(ClientPackets.Publish(Patch + "1", "{}"));
        Assert.DoesNotContain("secret", (await AssertErrorAsync(device, 500)).ToJsonString(), StringComparison.Ordinal);
        await device.PingAsync();
    }

    [Fact]
    public async Task Patches_are_applied_in_the_order_in_which_they_came()
    {
        await using var endpoint = await StartAsync();
        await using var device = await SubscribedAsync(endpoint);
        var patches = Enumerable.Range(1, 50).Select(i => ClientPackets.Publish($"{Patch}{i}", $$"""{"n":{{i}}}""", qos: 1, (ushort)i));
        await device.SendAsync([.. patches.SelectMany(bytes => bytes)]);
        var versions = new List<string>();
        while (versions.Count < 50)
        {
            var packet = await device.ReadAsync();
            if (packet.Type == PacketType.Publish)
            {
                versions.Add(packet.Topic);
            }
        }

        Assert.Equal(Enumerable.Range(1, 50).Select(i => $"$iothub/twin/res/204/?$rid={i}&$version={i + 1}"), versions);
    }

    [Fact]
    public async Task A_device_without_the_subscription_gets_no_answers_and_no_desired_changes()
    {
        await using var endpoint = await StartAsync();
        await using var device = await endpoint.ConnectAsync("dev1");
        await device.SendAsync(ClientPackets.Publish(Get + "1", " ", qos: 1, id: 1));
        await endpoint.Gateway.PushDesiredAsync("dev1", [], 2, CancellationToken.None);
        await device.ReadAsync(PacketType.PubAck);
        await device.PingAsync();
    }

    private static async Task<TestClient> SubscribedAsync(TestEndpoint endpoint)
    {
        var device = await endpoint.ConnectAsync("dev1");
        Assert.Equal([0], await device.SubscribeAsync(("$iothub/twin/res/#", 0)));
        return device;
    }

    private static async Task<JsonNode> AssertErrorAsync(TestClient device, int status)
    {
        var response = await device.ReadAsync(PacketType.Publish);
        Assert.Equal($"$iothub/twin/res/{status}/?$rid=1", response.Topic);
        var body = JsonNode.Parse(response.Payload)!;
        Assert.Equal(status, (int)body["errorCode"]! / 1000);
        return body;
    }
}
