using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.ThingScale;

/// <summary>A device that posts, from its first message to what is read of it.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class ConnectorFlowTests
{
    [Fact]
    public async Task What_a_device_posts_is_read_by_the_services_and_by_proficloud()
    {
        await using var cloud = await ThingScaleCloud.StartAsync();

        Assert.Equal((201, "NEW_DEVICE_FOUND"), await cloud.PostAsync("/post_v2/", "1085266243", """{"temp":25,"humid":50}"""));
        Assert.Equal((403, "NO_MAPPED_CH"), await cloud.PostAsync("/post_v2/", "1085266243", """{"temp":25,"humid":50}"""));
        Assert.Equal(201, (await cloud.CallAsync("POST", "channel/0", """{"channel_name":"sensor_1"}""")).Status);
        Assert.Equal(200, (await cloud.CallAsync("PUT", "device/1085266243", """{"mapped_ch":0}""")).Status);
        Assert.Equal((200, "OK"), await cloud.PostAsync("/post_v2/", "1085266243", """{"temp":25,"humid":50}"""));
        Assert.Equal((200, "OK"), await cloud.PostAsync("/post_v2", "1085266243", """{"temp":27,"humid":60}"""));
        Assert.Equal((200, "OK"), await cloud.PostAsync("/post_v1/", "1085266243", "v=11.1&v2=47.9"));

        var stream = await cloud.CallAsync("GET", "stream/0", null, ("X-ENDTIME", "last"), ("X-PAGELIMIT", "10"));
        var rows = JsonNode.Parse(stream.Body)!["stream"]!.AsArray();
        Assert.Equal(
            ["""{"temp":25,"humid":50}""", """{"temp":27,"humid":60}""", "11.1"],
            rows.Select(row => row!["value"]!.ToJsonString())
        );
        Assert.All(rows, row => Assert.Matches("^20[0-9-]{8}T[0-9:]{8}[+]0900$", (string)row!["at"]!));
        var aggregate = await cloud.CallAsync("GET", "stream/0", null, ("X-ENDTIME", "2100-01-01 00:00"), ("X-AGGREGATE", "avg"));
        Assert.Equal(
            """[{"_id":null,"value":{"temp":26,"humid":55,"value":11.1,"value2":47.9}}]""",
            JsonNode.Parse(aggregate.Body)!["result"]!.ToJsonString()
        );

        using var management = await ManagementClient.LogInAsync(cloud.Process.Http, ThingScaleCloud.Admin);
        var uuid = (string)(await management.GetAsync("devices"))!["items"]![0]!["uuid"]!;
        using var proficloud = await ProficloudClient.LogInAsync(cloud.Process.Http, ThingScaleCloud.Admin);
        Assert.Equal(2, (await proficloud.PointsAsync(uuid, "auto~temp")).Count);

        Assert.Equal(204, (await cloud.CallAsync("DELETE", "device/1085266243")).Status);
        Assert.Equal((404, """{"error":"NO_DEVICE"}"""), await cloud.CallAsync("GET", "device/1085266243"));
        Assert.Equal((401, """{"error":"AUTH_REQUIRED"}"""), await cloud.SendAsync("GET", "/v2/device"));
    }

    [Fact]
    public async Task What_was_answered_with_200_is_there_after_a_kill()
    {
        await using var cloud = await ThingScaleCloud.StartAsync();
        await cloud.CallAsync("POST", "channel/0");
        await cloud.CallAsync("POST", "device/1085266243", """{"mapped_ch":0}""");
        for (var n = 1; n <= 5; n++)
        {
            Assert.Equal((200, "OK"), await cloud.PostAsync("/post_v2/", "1085266243", $$"""{"n":{{n}}}"""));
        }

        await cloud.KillAndStartAsync();

        var stream = await cloud.CallAsync("GET", "stream/0", null, ("X-ENDTIME", "last"), ("X-PAGELIMIT", "10"));
        Assert.Equal([1, 2, 3, 4, 5], JsonNode.Parse(stream.Body)!["stream"]!.AsArray().Select(row => (int)row!["value"]!["n"]!));
    }
}
