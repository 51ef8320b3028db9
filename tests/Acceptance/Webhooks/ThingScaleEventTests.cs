#if !ON_AZURE
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;
using Serverless.Acceptance.Tests.ThingScale;

namespace Serverless.Acceptance.Tests.Webhooks;

/// <summary>A threshold configured by ThingScale's Event service, values by its connectors, and the vendor's body at a real HTTPS receiver.</summary>
[Collection(WebhookCloudTests.Name)]
public sealed class ThingScaleEventTests : IAsyncLifetime
{
    private readonly ScratchFolder folder = new();
    private WebhookReceiver receiver = null!;
    private ThingScaleCloud cloud = null!;

    public async ValueTask InitializeAsync()
    {
        receiver = await WebhookReceiver.StartAsync(folder);
        cloud = await ThingScaleCloud.StartAsync(options => receiver.Allowed(options, "--webhooks-retries", "0,0.5,0.5,0.5"));
        Assert.Equal(201, (await cloud.CallAsync("POST", "channel/0", """{"channel_name":"sensor_1"}""")).Status);
        Assert.Equal(201, (await cloud.CallAsync("POST", "device/1085266243", """{"mapped_ch":0}""")).Status);
        Assert.Equal((201, """{"event_id":1}"""), await cloud.CallAsync("POST", "event"));
    }

    public async ValueTask DisposeAsync()
    {
        await (cloud?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (receiver?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder.Dispose();
    }

    [Fact]
    public async Task A_value_that_crosses_the_threshold_is_posted_in_the_vendors_form()
    {
        Assert.Equal(200, (await ConfigureAsync("/in", "data:value")).Status);

        Assert.Equal((200, "OK"), await cloud.PostAsync("/post_v2/", "1085266243", """{"data":[{"value":12}]}"""));
        Assert.Equal((200, "OK"), await cloud.PostAsync("/post_v2/", "1085266243", """{"data":[{"value":7.5}]}"""));

        var received = await receiver.NextAsync();
        Assert.Equal("application/json; charset=utf-8", (string)received.Headers["content-type"]!);
        Assert.Equal(
            """{"event_id":1,"description":"CH0 Low TEMP","mapped_ch":0,"channel_name":"sensor_1","source":"data:value","status":"data:value was less than or consistent with the threshold. Current:7.5 <= Threshold:8","current":7.5,"threshold":"8"}""",
            received.Text
        );

        // By MQTT: it stays below, comes back, and crosses again.
        foreach (var value in (double[])[5, 20, 8])
        {
            await PublishAsync($$$"""{"data":[{"value":{{{value}}}}]}""");
        }

        Assert.Equal(8, (int)(await receiver.NextAsync()).Body["current"]!);
        Assert.Empty(receiver.All());
        Assert.False(receiver.WasAsked);
    }

    [Fact]
    public async Task What_fails_comes_again_with_its_id_and_a_kill_loses_nothing()
    {
        await receiver.PlanAsync("/fails", new JsonObject { ["statuses"] = new JsonArray(500, 500, 200) });
        Assert.Equal(200, (await ConfigureAsync("/fails", "temp")).Status);

        Assert.Equal((200, "OK"), await cloud.PostAsync("/post_v2/", "1085266243", """{"temp":1}"""));
        await cloud.KillAndStartAsync();

        var first = await receiver.NextAsync();
        for (var attempt = first; attempt.Attempt < 3; attempt = await receiver.NextAsync())
        {
            Assert.Equal(first.Id, attempt.Id);
        }

        using var management = await ManagementClient.LogInAsync(cloud.Process.Http, ThingScaleCloud.Admin);
        await Poll.UntilAsync(
            "the log tells",
            async () =>
                (await management.GetAsync("webhooks/thingscale-event-1/deliveries"))!["items"]!.AsArray() is [{ } only]
                && (string)only["state"]! == "Delivered"
        );
    }

    [Fact]
    public async Task An_address_that_may_not_be_called_is_refused()
    {
        foreach (var url in (string[])["http://example.com/", "https://127.0.0.1/", "https://169.254.169.254/metadata"])
        {
            var body = new JsonObject { ["post_url"] = url }.ToJsonString();
            Assert.Equal((400, """{"error":"BAD_JSON_FORMAT"}"""), await cloud.CallAsync("PUT", "event/1", body));
        }
    }

    private Task<(int Status, string Body)> ConfigureAsync(string path, string source)
    {
        var body = new JsonObject
        {
            ["mapped_ch"] = 0,
            ["description"] = "CH0 Low TEMP",
            ["notify_type"] = "http",
            ["post_url"] = receiver.UrlOf(path),
            ["enabled"] = true,
            ["source"] = source,
            ["operator"] = "<=",
            ["threshold"] = "8",
        };
        return cloud.CallAsync("PUT", "event/1", body.ToJsonString());
    }

    private async Task PublishAsync(string payload)
    {
        var topic = $"{cloud.DeviceToken}/json/1085266243";
        (await Mosquitto.PublishAsync(cloud.Process, ThingScaleCloud.MqttUser, cloud.DeviceToken, topic, payload)).Succeeded();
    }
}
#endif
