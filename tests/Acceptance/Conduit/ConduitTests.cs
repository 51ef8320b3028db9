using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Conduit;

/// <summary>Conduit's API as a client uses it: write, read, wait.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class ConduitTests
{
    private const string TooMany = """{"code":"429","error":"Too Many Requests"}""";

    [Fact]
    public async Task What_is_posted_is_read_once_in_15_seconds()
    {
        await using var cloud = await ConduitCloud.StartAsync();
        const string Body = """{"networkId":"70B3D32111BD648F7","data":[{"channelId":1,"value":462.467835}]}""";
        Assert.Equal(
            (200, """{"code":200,"error":"Completed successfully"}"""),
            Short(await cloud.SendAsync(HttpMethod.Post, "/conduitv6/", Body))
        );

        var (status, _, body) = await cloud.SendAsync(HttpMethod.Get, "/conduitv6/?id=70B3D32111BD648F7&ch=1");
        Assert.Equal(200, status);
        Assert.Equal(462.467835, (double)Assert.Single(JsonNode.Parse(body)!.AsArray())!["val_calibrated"]!);

        var again = await cloud.SendAsync(HttpMethod.Get, "/conduitv6/");
        Assert.Equal((429, TooMany), Short(again));
        Assert.InRange(again.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 15);
    }

    [Fact]
    public async Task A_token_in_the_address_is_in_no_log()
    {
        await using var cloud = await ConduitCloud.StartAsync();
        var path = $"/conduitv4/post?token={ConduitCloud.Token}&netid=mydevice1234&chid=1&value=12.54";
        Assert.Equal(200, (await cloud.SendAsync(HttpMethod.Post, path)).Status);
        Assert.Equal(400, (await cloud.SendAsync(HttpMethod.Post, path + "x")).Status);
    }
#if ON_AZURE

    [Fact]
    public async Task Of_two_instances_on_one_database_one_lets_the_token_in()
    {
        await using var cloud = await ConduitCloud.StartAsync();
        await cloud.AddInstanceAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => cloud.SendAsync(HttpMethod.Get, "/conduitv6/", null, i % 2)));
        Assert.Equal([304, 429, 429, 429, 429, 429], answers.Select(answer => answer.Status).Order());
        foreach (var instance in new[] { 0, 1 })
        {
            Assert.Equal((429, TooMany), Short(await cloud.SendAsync(HttpMethod.Get, "/conduitv4", null, instance)));
        }

        await cloud.SendAsync(HttpMethod.Post, "/conduitv6/", """{"id":"A1","ch":1,"value":1}""");
        await Poll.UntilAsync(
            "the second instance lets it in again, and shows what the first has taken",
            async () => (await cloud.SendAsync(HttpMethod.Get, "/conduitv6/", null, 1)).Status == 200
        );
        Assert.Equal((429, TooMany), Short(await cloud.SendAsync(HttpMethod.Get, "/conduitv6/")));
    }
#else

    [Theory]
    [InlineData("v1", "0A10010001000000A00F0000", 4)]
    [InlineData("v2", """{"data":[{"channelId":1,"value":1.2}]}""", 1.2)]
    public async Task What_mosquitto_pub_publishes_is_read(string form, string payload, double value)
    {
        await using var cloud = await ConduitCloud.StartAsync();
        string[] arguments =
        [
            "-h",
            "127.0.0.1",
            "-p",
            $"{cloud.Cloud.MqttPort}",
            "-u",
            ConduitCloud.Token,
            "-P",
            "x",
            "-t",
            $"{ConduitCloud.Token}/A1/pub/{form}",
            "-q",
            "1",
            "-m",
            payload,
        ];
        (await CommandRun.RunAsync("mosquitto_pub", arguments)).Succeeded();
        var (_, _, body) = await cloud.SendAsync(HttpMethod.Get, "/conduitv4?id=A1&ch=1");
        Assert.Equal(value, (double)Assert.Single(JsonNode.Parse(body)!.AsArray())!["value"]!);
    }

    [Fact]
    public async Task A_topic_with_another_token_is_taken_and_not_stored_and_no_log_has_it()
    {
        await using var cloud = await ConduitCloud.StartAsync();
        string[] arguments =
        [
            "-h",
            "127.0.0.1",
            "-p",
            $"{cloud.Cloud.MqttPort}",
            "-u",
            ConduitCloud.Token,
            "-P",
            "x",
            "-t",
            "another-token/A1/pub/v1",
            "-q",
            "1",
            "-m",
            "0A10010001000000",
        ];
        (await CommandRun.RunAsync("mosquitto_pub", arguments)).Succeeded();
        Assert.Equal(304, (await cloud.SendAsync(HttpMethod.Get, "/conduitv4")).Status);
        Assert.Contains("A message of Conduit", cloud.Cloud.Output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("another-token", cloud.Cloud.Output.ToString(), StringComparison.Ordinal);
    }
#endif

    private static (int, string) Short((int Status, System.Net.Http.Headers.HttpResponseHeaders, string Body) answer) =>
        (answer.Status, answer.Body);
}
