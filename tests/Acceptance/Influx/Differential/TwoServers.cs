using System.Net.Http.Headers;
using System.Text;
using Serverless.Acceptance.Tests.Support;
using Serverless.Domain.Series;
using Serverless.Local.Sqlite;
using Serverless.TimeSeries;

namespace Serverless.Acceptance.Tests.Influx.Differential;

/// <summary>The real InfluxDB and the cloud, each with an empty database; what is written and asked goes to both.</summary>
internal sealed class TwoServers : IAsyncDisposable
{
    private const string Database = "same";

    /// <summary>One shard for all: the real server looks for series shard by shard, and SLIMIT counts them so.</summary>
    private const string Create = "CREATE DATABASE same WITH DURATION INF SHARD DURATION 100000d";

    private readonly ScratchFolder folder = new();
    private readonly TestUser user = new("asker", "as many questions as you like", "admin");
    private Influxd? influxd;
    private CloudProcess? cloud;
    private HttpClient expected = null!;
    private HttpClient actual = null!;

    private TwoServers() { }

    public static async Task<TwoServers> StartAsync()
    {
        var servers = new TwoServers();
        try
        {
            await servers.BeginAsync();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
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

    /// <summary>Executes a statement that answers nothing.</summary>
    public async Task DoAsync(string statement)
    {
        foreach (var client in new[] { expected, actual })
        {
            Assert.Equal("""{"results":[{"statement_id":0}]}""", (await AskAsync(client, statement)).TrimEnd());
        }
    }

    public async Task WriteAsync(string lines)
    {
        foreach (var client in new[] { expected, actual })
        {
            using var body = new StringContent(lines);
            using var written = await client.PostAsync($"/write?db={Database}", body);
            Assert.True(written.IsSuccessStatusCode, await written.Content.ReadAsStringAsync());
        }
    }

    /// <summary>Seals all that was written to the cloud, as a second process on its store.</summary>
    public async Task SealAsync()
    {
        await using var file = SqliteDatabase.Open(
            new SqliteOptions { Path = Directory.EnumerateFiles(folder.At("data"), "*.db").Single() }
        );
        var runs = new SqliteRunStore(file);
        await using var series = new SeriesStore(runs, TimeProvider.System);
        var partitions = new List<SeriesPartition>();
        await foreach (var partition in runs.ListPartitionsAsync(null, CancellationToken.None))
        {
            partitions.Add(partition);
        }

        foreach (var (tenant, database) in partitions.Select(partition => (partition.Tenant, partition.Database)).Distinct())
        {
            await series.CompactAsync(tenant, database, CancellationToken.None);
        }
    }

    /// <summary>Asks both, and notes where their answers differ.</summary>
    /// <returns>Whether the real server's answer has rows.</returns>
    public async Task<bool> CompareAsync(string query, List<string> differences)
    {
        var answer = await AskAsync(expected, query);
        if (AnswerComparer.Difference(answer, await AskAsync(actual, query)) is { } difference)
        {
            differences.Add($"{query}\n    {difference}");
        }

        return answer.Contains("\"values\"", StringComparison.Ordinal);
    }

    private async Task BeginAsync()
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
        await DoAsync(Create);
    }

    private static async Task<string> AskAsync(HttpClient client, string query)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("q", query), KeyValuePair.Create("db", Database)]);
        using var answer = await client.PostAsync("/query", form);
        return await answer.Content.ReadAsStringAsync();
    }
}
