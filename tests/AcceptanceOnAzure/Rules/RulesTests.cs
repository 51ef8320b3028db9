using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;
using Serverless.Acceptance.Tests.ThingScale;

namespace Serverless.AcceptanceOnAzure.Tests.Rules;

/// <summary>Rules whose documents, states and alarms are in the Cosmos-compatible server: what they commit together, and what they ask it.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class RulesTests : IAsyncLifetime
{
    private const string Device = "1085266243";
    private ThingScaleCloud cloud = null!;
    private ManagementClient management = null!;

    public async ValueTask InitializeAsync()
    {
        cloud = await ThingScaleCloud.StartAsync();
        management = await ManagementClient.LogInAsync(cloud.Process.Http, ThingScaleCloud.Admin);
        Assert.Equal(201, (await cloud.CallAsync("POST", "channel/0")).Status);
        Assert.Equal(201, (await cloud.CallAsync("POST", $"device/{Device}", """{"mapped_ch":0}""")).Status);
    }

    public async ValueTask DisposeAsync()
    {
        management?.Dispose();
        await (cloud?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task An_event_of_ThingScale_is_made_fires_is_changed_and_goes_with_all_that_belongs_to_it()
    {
        Assert.Equal(201, (await cloud.CallAsync("POST", "event")).Status);
        var body =
            """{"mapped_ch":0,"notify_type":"http","post_url":"https://localhost.invalid/","enabled":true,"source":"temp","operator":"<","threshold":"8"}""";
        Assert.Equal(200, (await cloud.CallAsync("PUT", "event/1", body)).Status);
        Assert.Equal(200, (await cloud.CallAsync("PUT", "event/1", """{"threshold":"9"}""")).Status);

        Assert.Equal(200, (await cloud.PostAsync("/post_v2/", Device, """{"temp":8.5}""")).Status);
        await Poll.UntilAsync(
            "the crossing is on its way",
            async () => (await management.GetAsync("webhooks/thingscale-event-1/deliveries"))!["items"]!.AsArray().Count == 1
        );

        Assert.Equal(204, (await cloud.CallAsync("DELETE", "event/1")).Status);
        foreach (var left in (string[])["rules", "webhooks"])
        {
            Assert.Empty((await management.GetAsync(left))!["items"]!.AsArray());
        }
    }

    [Fact]
    public async Task An_alarm_that_two_rules_raise_is_over_when_neither_is_crossed()
    {
        foreach (var measurement in (string[])["one", "two"])
        {
            var rule = new JsonObject
            {
                ["name"] = measurement,
                ["measurement"] = measurement,
                ["condition"] = new JsonObject { ["operator"] = "Greater", ["threshold"] = 10 },
                ["alarm"] = new JsonObject { ["type"] = "hot", ["severity"] = "Major" },
            };
            await management.DoAsync(HttpMethod.Post, "rules", rule);
        }

        foreach (
            var (payload, status) in new[]
            {
                ("""{"one":11,"two":11}""", "Active"),
                ("""{"one":9}""", "Active"),
                ("""{"two":9}""", "Cleared"),
            }
        )
        {
            await Poll.UntilAsync("a value is taken", async () => (await cloud.PostAsync("/post_v2/", Device, payload)).Status == 200);
            var alarm = Assert.Single((await management.GetAsync("alarms"))!["items"]!.AsArray())!;
            Assert.Equal(("hot", status), ((string)alarm["type"]!, (string)alarm["status"]!));
        }
    }
}
