using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Influx;

/// <summary>What Grafana sends, and the seed's query with Proficloud's token.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class DashboardTests(SharedCloud shared)
{
    private const string Lines = """
        cpu,host=a,dc=x value=1,max=9i 1596240000000000000
        cpu,host=b,dc=y value=3,max=7i 1596240015000000000
        """;

    [Fact]
    public async Task The_health_check_and_the_metadata_of_a_panel()
    {
        using var client = await StartAsync("metadata");

        Assert.Equal(Result("measurements", "name", "cpu"), await client.QueryAsync("SHOW measurements", "db=metadata&epoch=ms"));
        Assert.Equal(
            Result("measurements", "name", "cpu"),
            await client.QueryAsync("SHOW MEASUREMENTS WITH MEASUREMENT =~ /(?i)CP/ LIMIT 100", "db=metadata")
        );
        Assert.Equal(Result("cpu", "tagKey", "dc", "host"), await client.QueryAsync("SHOW TAG KEYS FROM \"cpu\"", "db=metadata"));
        Assert.Equal(
            """200 {"results":[{"statement_id":0,"series":[{"name":"cpu","columns":["key","value"],"values":[["host","a"]]}]}]}""",
            await client.QueryAsync("SHOW TAG VALUES FROM \"cpu\" WITH KEY = \"host\" WHERE \"dc\" = 'x'", "db=metadata")
        );
        Assert.Equal(
            """200 {"results":[{"statement_id":0,"series":[{"name":"cpu","columns":["fieldKey","fieldType"],"values":[["max","integer"],["value","float"]]}]}]}""",
            await client.QueryAsync("SHOW FIELD KEYS FROM \"cpu\"", "db=metadata")
        );
        Assert.Contains(
            "autogen",
            await client.QueryAsync("SHOW RETENTION POLICIES on \"metadata\"", "db=metadata"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_panel()
    {
        using var client = await StartAsync("panel");
        const string Query =
            "SELECT mean(\"value\") FROM \"autogen\".\"cpu\" WHERE (\"host\" = 'a' OR \"host\" = 'b') AND time >= 1596240000000ms and time <= 1596240020000ms"
            + " GROUP BY time(10s), \"dc\"::tag fill(null) ORDER BY time ASC limit 2 slimit 1 tz('Europe/Paris')";

        Assert.Equal(
            """200 {"results":[{"statement_id":0,"series":[{"name":"cpu","tags":{"dc":"x"},"columns":["time","mean"],"values":[[1596240000000,1],[1596240010000,null]]}]}]}""",
            await client.PostQueryAsync(Query, "db=panel&epoch=ms")
        );
    }

    [Fact]
    public async Task The_seeds_query_has_the_seeds_shape()
    {
        var device = shared.TakeDevice();
        await DeviceSender.SendOneAsync(shared.Cloud, device, """{"watt":4520}""");
        var query =
            $"SELECT mean(\"value\") FROM \"auto~watt\" WHERE (\"uuid\" = '{device.Uuid}') AND time >= now() - 30s GROUP BY time(10s) fill(none)";

        var answer = JsonNode.Parse(await shared.Reader.GetAsync($"/query?q={Uri.EscapeDataString(query)}"))!;

        var series = answer["results"]![0]!["series"]![0]!;
        Assert.Equal("auto~watt", (string)series["name"]!);
        Assert.Equal("""["time","mean"]""", series["columns"]!.ToJsonString());
        Assert.Equal(4520, (double)series["values"]![0]![1]!);
    }

    [Fact]
    public async Task Tenants_are_kept_apart()
    {
        using var client = await StartAsync("apart");
        using var stranger = InfluxClient.Basic(shared.Cloud.Http, SharedCloud.Stranger);

        Assert.DoesNotContain("apart", await stranger.QueryAsync("SHOW DATABASES"), StringComparison.Ordinal);
        Assert.Equal(
            """200 {"results":[{"statement_id":0,"error":"database not found: apart"}]}""",
            await stranger.QueryAsync("SELECT * FROM cpu", "db=apart")
        );
        Assert.Equal(
            "404 {\"error\":\"database not found: \\\"apart\\\"\"}",
            await stranger.SendAsync("POST", "/write?db=apart", new StringContent("cpu v=1"))
        );
    }

    private static string Result(string name, string column, params string[] values) =>
        $$$"""200 {"results":[{"statement_id":0,"series":[{"name":"{{{name}}}","columns":["{{{column}}}"],"values":[{{{string.Join(',', values.Select(value => $"[\"{value}\"]"))}}}]}]}]}""";

    private async Task<InfluxClient> StartAsync(string database)
    {
        var client = InfluxClient.Basic(shared.Cloud.Http, SharedCloud.Admin);
        Assert.Equal("""200 {"results":[{"statement_id":0}]}""", await client.PostQueryAsync($"CREATE DATABASE {database}"));
        await client.WriteAsync(Lines, $"db={database}");
        return client;
    }
}
