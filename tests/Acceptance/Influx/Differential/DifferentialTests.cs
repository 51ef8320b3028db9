using System.Net.Http.Headers;
using System.Text;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Influx.Differential;

/// <summary>Thousands of generated queries, asked of the real InfluxDB and of the cloud, which hold the same points.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class DifferentialTests : IAsyncLifetime
{
    private const string Database = "same";

    /// <summary>One shard for all: the real server looks for series shard by shard, and SLIMIT counts them so.</summary>
    private const string Create = "CREATE DATABASE same WITH DURATION INF SHARD DURATION 100000d";

    private const int Seeds = 40;
    private const int QueriesPerSeed = 100;

    private readonly ScratchFolder folder = new();
    private readonly TestUser user = new("asker", "as many questions as you like", "admin");
    private Influxd influxd = null!;
    private CloudProcess cloud = null!;
    private HttpClient expected = null!;
    private HttpClient actual = null!;

    public async ValueTask InitializeAsync()
    {
        influxd = await Influxd.StartAsync();
        var bootstrap = new TestBootstrap().Tenant("t1", [user]);
        cloud = await CloudProcess.StartAsync(new CloudOptions { Data = folder.At("data"), Bootstrap = bootstrap });
        expected = new HttpClient { BaseAddress = influxd.Http };
        actual = new HttpClient { BaseAddress = cloud.Http };
        actual.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Name}:{user.Password}"))
        );
        foreach (var client in new[] { expected, actual })
        {
            Assert.Equal("""{"results":[{"statement_id":0}]}""", (await AskAsync(client, Create)).TrimEnd());
            using var lines = new StringContent(SampleData.Lines());
            using var written = await client.PostAsync($"/write?db={Database}", lines);
            Assert.True(written.IsSuccessStatusCode, await written.Content.ReadAsStringAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        expected?.Dispose();
        actual?.Dispose();
        if (cloud is not null)
        {
            await cloud.DisposeAsync();
        }

        if (influxd is not null)
        {
            await influxd.DisposeAsync();
        }

        folder.Dispose();
    }

    [Fact]
    public async Task Generated_queries_have_the_real_servers_answers()
    {
        var (asked, answered, differences) = (0, 0, new List<string>());
        var first = int.Parse(Environment.GetEnvironmentVariable("DIFFERENTIAL_FIRST_SEED") ?? "1");
        var seeds = int.Parse(Environment.GetEnvironmentVariable("DIFFERENTIAL_SEEDS") ?? $"{Seeds}");
        for (var seed = first; seed < first + seeds; seed++)
        {
            var generator = new QueryGenerator(seed);
            for (var i = 0; i < QueriesPerSeed; i++)
            {
                var query = generator.Next();
                asked++;
                answered += await CompareAsync(query, differences) ? 1 : 0;
            }
        }

        Assert.True(differences.Count == 0, Report(asked, differences));
        Assert.True(answered > asked / 2, $"{answered} of {asked} answers have rows: the others say little.");
    }

    [Fact]
    public async Task Collected_queries_have_the_real_servers_answers()
    {
        var differences = new List<string>();
        var queries = File.ReadLines(Repository.At("tests", "Acceptance", "Influx", "Differential", "queries.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToList();
        foreach (var query in queries)
        {
            await CompareAsync(query, differences);
        }

        Assert.True(differences.Count == 0, Report(queries.Count, differences));
    }

    /// <summary>Whether the real server's answer has rows.</summary>
    private async Task<bool> CompareAsync(string query, List<string> differences)
    {
        var answer = await AskAsync(expected, query);
        if (AnswerComparer.Difference(answer, await AskAsync(actual, query)) is { } difference)
        {
            differences.Add($"{query}\n    {difference}");
        }

        return answer.Contains("\"values\"", StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(HttpClient client, string query)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("q", query), KeyValuePair.Create("db", Database)]);
        using var answer = await client.PostAsync("/query", form);
        return await answer.Content.ReadAsStringAsync();
    }

    private static string Report(int asked, List<string> differences) =>
        $"{differences.Count} of {asked} answers differ:\n{string.Join('\n', differences.Take(40))}";
}
