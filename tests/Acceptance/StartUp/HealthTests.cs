using System.Net;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.StartUp;

/// <summary>What hosts and load balancers ask for.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class HealthTests(SharedCloud shared)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    public async Task Whoever_asks_for_the_head_only_gets_it(string path)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(shared.Cloud.Http, path));
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Every_port_tells_its_state()
    {
        using var http = new HttpClient();
        var health = JsonNode.Parse(
            await http.GetStringAsync(new Uri(shared.Cloud.Http, "/health"), TestContext.Current.CancellationToken)
        )!;

        Assert.Equal("pass", (string?)health["status"]);
        Assert.Equal(
            ["documents pass", "runs pass", "events pass", "webhooks pass", "devices pass", "realtime pass"],
            health["checks"]!.AsArray().Select(check => $"{check!["name"]} {check["status"]}")
        );
    }
}
