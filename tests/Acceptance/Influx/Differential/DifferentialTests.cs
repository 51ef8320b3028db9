using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Influx.Differential;

/// <summary>Thousands of generated queries, asked of the real InfluxDB and of the cloud, which hold the same points.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class DifferentialTests
{
    private const int QueriesPerSeed = 100;

    [Fact]
    public async Task Generated_queries_have_the_real_servers_answers()
    {
        await using var servers = await TwoServers.StartAsync();
        await servers.WriteAsync(SampleData.Lines());
        await CompareAsync(servers, SampleData.Set, First, Seeds(40));
    }

    [Fact]
    public async Task Generated_queries_of_many_points_have_the_real_servers_answers_while_these_are_sealed()
    {
        await using var servers = await TwoServers.StartAsync();
        await LargeSample.WriteAsync(servers);
        var seeds = Seeds(15) / 3;
        await CompareAsync(servers, LargeSample.Set, First, seeds);
        var sealing = servers.SealAsync();
        await CompareAsync(servers, LargeSample.Set, First + seeds, seeds);
        await sealing;
        await CompareAsync(servers, LargeSample.Set, First + (2 * seeds), seeds);
    }

    [Fact]
    public async Task Collected_queries_have_the_real_servers_answers()
    {
        await using var servers = await TwoServers.StartAsync();
        await servers.WriteAsync(SampleData.Lines());
        var differences = new List<string>();
        var queries = File.ReadLines(Repository.At("tests", "Acceptance", "Influx", "Differential", "queries.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToList();
        foreach (var query in queries)
        {
            await servers.CompareAsync(query, differences);
        }

        Assert.True(differences.Count == 0, Report(queries.Count, differences));
    }

    private static int First => int.Parse(Environment.GetEnvironmentVariable("DIFFERENTIAL_FIRST_SEED") ?? "1");

    private static int Seeds(int usual) => int.Parse(Environment.GetEnvironmentVariable("DIFFERENTIAL_SEEDS") ?? $"{usual}");

    private static async Task CompareAsync(TwoServers servers, SampleSet set, int first, int seeds)
    {
        var (asked, answered, differences) = (0, 0, new List<string>());
        for (var seed = first; seed < first + seeds; seed++)
        {
            var generator = new QueryGenerator(set, seed);
            for (var i = 0; i < QueriesPerSeed; i++)
            {
                asked++;
                answered += await servers.CompareAsync(generator.Next(), differences) ? 1 : 0;
            }
        }

        Assert.True(differences.Count == 0, Report(asked, differences));
        Assert.True(answered > asked / 2, $"{answered} of {asked} answers have rows: the others say little.");
    }

    private static string Report(int asked, List<string> differences) =>
        $"{differences.Count} of {asked} answers differ:\n{string.Join('\n', differences.Take(40))}";
}
