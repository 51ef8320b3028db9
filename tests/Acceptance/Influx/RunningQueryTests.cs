using System.Text;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Influx;

/// <summary>Queries while they run, and what a query must never leave behind.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class RunningQueryTests : IDisposable
{
    /// <summary>Millions of rows: more than the sockets between here and there hold, so that the query waits for whoever does not read.</summary>
    private const string Endless = "SELECT mean(v) FROM endless WHERE time >= 0s AND time < 9000000s GROUP BY time(1s) fill(0)";

    private static readonly TestUser Admin = new("admin", "who goes, stops it", "admin");
    private readonly ScratchFolder folder = new();

    [Fact]
    public async Task A_request_that_is_given_up_or_killed_ends_its_query()
    {
        await using var cloud = await StartAsync();
        using var client = InfluxClient.Basic(cloud.Http, Admin);
        await client.WriteAsync("endless v=1 1000000000", "db=iot");

        using (await BeginAsync(cloud))
        {
            await Poll.UntilAsync("the query is listed", async () => await IsListedAsync(client));
        }

        await Poll.UntilAsync("the query that was given up is gone", async () => !await IsListedAsync(client));

        using var killed = await BeginAsync(cloud);
        await Poll.UntilAsync("the second query is listed", async () => await IsListedAsync(client));
        var id = (await client.QueryAsync("SHOW QUERIES")).Split("[[")[1].Split(',')[0];
        Assert.Equal("""200 {"results":[{"statement_id":0}]}""", await client.PostQueryAsync($"KILL QUERY {id}"));
        var rest = await killed.Content.ReadAsStringAsync();
        Assert.EndsWith("\"error\":\"query interrupted\"}]}\n", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passwords_of_queries_are_never_printed()
    {
        string[] secrets = ["hidden-in-the-url", "hidden-in-a-statement", "hidden-in-a-broken-one", "hidden-in-a-form", "hidden-in-basic"];
        await using var cloud = await StartAsync();
        using var client = InfluxClient.Basic(cloud.Http, Admin);
        using var nobody = InfluxClient.Basic(cloud.Http, new TestUser("nobody", secrets[4]));

        await client.QueryAsync("SHOW DATABASES", $"u=admin&p={secrets[0]}");
        await client.SendAsync("POST", $"/write?u=admin&p={secrets[0]}", new StringContent("m v=1"));
        await client.PostQueryAsync($"CREATE USER someone WITH PASSWORD '{secrets[1]}'");
        await client.QueryAsync($"SET PASSWORD FOR someone = '{secrets[1]}'");
        var refusal = await client.PostQueryAsync($"CREATE USER someone WITH PASSWORD '{secrets[2]}' WITH EVERYTHING");
        await client.SendAsync("POST", "/query", new StringContent($"q=SHOW DATABASES&u=admin&p={secrets[3]}"));
        await nobody.QueryAsync("SHOW DATABASES");
        await cloud.StopAsync();

        Assert.StartsWith("400 ", refusal, StringComparison.Ordinal);
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, cloud.Output.ToString() + refusal, StringComparison.Ordinal);
        }
    }

    public void Dispose() => folder.Dispose();

    private static async Task<bool> IsListedAsync(InfluxClient client) =>
        (await client.QueryAsync("SHOW QUERIES")).Contains("FROM endless", StringComparison.Ordinal);

    /// <summary>Sends the endless query and reads no more than the head of the answer.</summary>
    private static async Task<HttpResponseMessage> BeginAsync(CloudProcess cloud)
    {
        var http = new HttpClient { BaseAddress = cloud.Http, Timeout = Poll.Patience };
        http.DefaultRequestHeaders.Authorization = new(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Admin.Name}:{Admin.Password}"))
        );
        return await http.GetAsync(
            $"/query?db=iot&chunked=true&q={Uri.EscapeDataString(Endless)}",
            HttpCompletionOption.ResponseHeadersRead
        );
    }

    private async Task<CloudProcess> StartAsync() =>
        await CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), Bootstrap = new TestBootstrap().Tenant("t1", [Admin]) });
}
