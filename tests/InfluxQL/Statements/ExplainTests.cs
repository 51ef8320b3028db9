using System.Text.Json;

namespace Serverless.InfluxQL.Tests.Statements;

/// <summary>The lines that the real server gives, with nothing in its cache.</summary>
public sealed class ExplainTests
{
    [Theory]
    [InlineData("SELECT v FROM cpu", "<nil>|v::float|3")]
    [InlineData("SELECT * FROM cpu", "<nil>|host::tag, v::float, w::integer|3")]
    [InlineData("SELECT mean(v), max(w) FROM cpu GROUP BY host", "mean(v::float)||3", "max(w::integer)||3")]
    [InlineData("SELECT max(v), host FROM cpu", "max(v::float)|host::tag|3")]
    [InlineData("SELECT v FROM cpu WHERE host = 'a'", "<nil>|v::float|1")]
    [InlineData("SELECT v FROM cpu WHERE host = 'z'", "<nil>|v::float|0")]
    [InlineData("SELECT v FROM cpu, mem", "<nil>|v::float|3", "<nil>|v::float|1")]
    [InlineData("SELECT mean(m) FROM (SELECT max(v) AS m FROM cpu GROUP BY host)", "max(v::float)||3")]
    [InlineData("SELECT m FROM (SELECT v AS m FROM cpu WHERE host = 'a')", "<nil>|v::float|1")]
    [InlineData("SELECT m FROM (SELECT v AS m FROM cpu), (SELECT m FROM mem)", "<nil>|v::float|3", "<nil>|m::float|1")]
    [InlineData("SELECT v FROM nothing")]
    public async Task Each_read_of_a_measurement_is_described(string query, params string[] reads)
    {
        await using var cloud = await NewAsync();
        var expected = reads.Select(read => read.Split('|')).Select(read => Lines(read[0], read[1], read[2]));

        Assert.Equal(string.Join("\n\n", expected), string.Join('\n', await LinesAsync(cloud, $"EXPLAIN {query}")));
    }

    [Fact]
    public async Task What_is_out_of_range_is_not_read()
    {
        await using var cloud = await NewAsync();

        Assert.Contains("NUMBER OF SERIES: 1", await LinesAsync(cloud, "EXPLAIN SELECT v FROM cpu WHERE time > 5s"));
        Assert.Contains("NUMBER OF SERIES: 1", await LinesAsync(cloud, "EXPLAIN SELECT mean(v) FROM (SELECT v FROM cpu) WHERE time > 5s"));
    }

    [Fact]
    public async Task Analyze_runs_the_query_and_writes_nothing()
    {
        await using var cloud = await NewAsync();
        var before = await cloud.PointsAsync("d");

        Assert.Equal(
            [
                ".",
                "└── select",
                "    ├── execution_time: 0s",
                "    ├── planning_time: 0s",
                "    ├── total_time: 0s",
                "    ├── statement: SELECT v::float FROM d.autogen.cpu WHERE host::tag = 'a'",
                "    ├── series: 1",
                "    ├── points: 2",
                "    └── rows: 2",
                "",
            ],
            await LinesAsync(cloud, "EXPLAIN ANALYZE SELECT v INTO copy FROM cpu WHERE host = 'a'")
        );
        Assert.Equal(before, await cloud.PointsAsync("d"));
    }

    private static string Lines(string expression, string refs, string series) =>
        $"EXPRESSION: {expression}\n{(refs.Length > 0 ? $"AUXILIARY FIELDS: {refs}\n" : "")}NUMBER OF SHARDS: 1\nNUMBER OF SERIES: {series}\n"
        + "CACHED VALUES: 0\nNUMBER OF FILES: 0\nNUMBER OF BLOCKS: 0\nSIZE OF BLOCKS: 0";

    private static async Task<StatementCloud> NewAsync()
    {
        var cloud = new StatementCloud();
        await cloud.Databases.CreateAsync("t1", "d", null, TestContext.Current.CancellationToken);
        await cloud.WriteAsync(
            "d",
            """
            cpu host=a v=1,w=2i 1
            cpu host=a v=2 2
            cpu host=b v=3 1
            cpu host=c v=3 9
            mem host=a m=1 1
            """
        );
        return cloud;
    }

    private static async Task<string[]> LinesAsync(StatementCloud cloud, string query)
    {
        using var json = JsonDocument.Parse(await cloud.AskAsync(query));
        var series = json.RootElement.GetProperty("results")[0].GetProperty("series")[0];
        return series.TryGetProperty("values", out var values) ? [.. values.EnumerateArray().Select(row => row[0].GetString()!)] : [];
    }
}
