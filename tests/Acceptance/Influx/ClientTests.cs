using System.ComponentModel;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Influx;

/// <summary>The real clients of InfluxDB 1.x, unchanged.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class ClientTests(SharedCloud shared)
{
    private Uri Address => shared.Cloud.Http;

    [Fact]
    public async Task The_command_line_makes_a_database_inserts_and_shows()
    {
        await InfluxAsync("CREATE DATABASE shown", "shown");
        await InfluxAsync("INSERT cpu,host=a value=0.64 1434055562000000000", "shown");

        var shown = await InfluxAsync("SHOW TAG KEYS; SHOW FIELD KEYS", "shown");

        Assert.Equal(
            """
            name: cpu
            tagKey
            ------
            host

            name: cpu
            fieldKey fieldType
            -------- ---------
            value    float
            """,
            shown.Trim()
        );
    }

    [Fact]
    public async Task The_command_line_shows_points()
    {
        await InfluxAsync("CREATE DATABASE points", "points");
        await InfluxAsync("INSERT mem,host=a value=0.64 1434055562000000000", "points");

        Assert.Equal(
            """
            name: mem
            time                host value
            ----                ---- -----
            1434055562000000000 a    0.64
            """,
            (await InfluxAsync("SELECT * FROM mem", "points")).Trim()
        );
    }

    [Fact]
    public async Task A_query_in_a_url_may_be_long()
    {
        using var client = InfluxClient.Basic(Address, SharedCloud.Admin);
        var hosts = string.Join(" OR ", Enumerable.Range(0, 200).Select(i => $"host = '{new string('x', 200)}{i}'"));

        Assert.Equal("""200 {"results":[{"statement_id":0}]}""", await client.QueryAsync($"SELECT v FROM nothing WHERE {hosts}"));
    }

    [Fact]
    public async Task Node_influx_writes_and_reads()
    {
        var script = Path.Combine(await NodePackages.ClientsAsync(), "influx.mjs");
        var (name, password) = (SharedCloud.Admin.Name, SharedCloud.Admin.Password);

        var run = await CommandRun.RunAsync("node", script, Address.Host, $"{Address.Port}", name, password, "fromnode", "select");

        var found = JsonNode.Parse(run.Succeeded())!;
        Assert.True((bool)found["online"]!);
        Assert.Equal("1.8.10", (string)found["version"]!);
        Assert.Contains("fromnode", found["databases"]!.AsArray().Select(database => (string)database!));
        Assert.Equal("""["response"]""", found["measurements"]!.ToJsonString());
        Assert.Equal("""["autogen"]""", found["policies"]!.ToJsonString());
        Assert.Equal(
            """{"time":"2020-07-21T10:45:00.000Z","ms":12,"path":"/one \u0022two\u0022"}""",
            Assert.Single(found["rows"]!.AsArray())!.ToJsonString()
        );
    }

    [Fact]
    public async Task Telegraf_makes_its_database_and_writes_compressed()
    {
        using var client = InfluxClient.Basic(Address, SharedCloud.Admin);
        using var body = new ByteArrayContent(Gzip.Compress("cpu,host=a usage_idle=99.5 1600000000000000000\n"));
        body.Headers.ContentEncoding.Add("gzip");
        body.Headers.ContentType = new("text/plain") { CharSet = "utf-8" };

        Assert.StartsWith(
            "404 {\"error\":\"database not found",
            await client.SendAsync("POST", "/write?db=telegraf", body),
            StringComparison.Ordinal
        );
        Assert.Equal("""200 {"results":[{"statement_id":0}]}""", await client.PostQueryAsync("CREATE DATABASE \"telegraf\""));
        using var again = new ByteArrayContent(Gzip.Compress("cpu,host=a usage_idle=99.5 1600000000000000000\n"));
        again.Headers.ContentEncoding.Add("gzip");
        Assert.Equal("204", await client.SendAsync("POST", "/write?consistency=any&db=telegraf", again));
        Assert.Contains("usage_idle", await client.QueryAsync("SHOW FIELD KEYS FROM cpu", "db=telegraf"), StringComparison.Ordinal);
    }

    private async Task<string> InfluxAsync(string command, string database)
    {
        string[] arguments =
        [
            "-host",
            Address.Host,
            "-port",
            $"{Address.Port}",
            "-username",
            SharedCloud.Admin.Name,
            "-password",
            SharedCloud.Admin.Password,
            "-database",
            database,
            "-execute",
            command,
        ];
        try
        {
            return (await CommandRun.RunAsync("influx", arguments)).Succeeded();
        }
        catch (Win32Exception)
        {
            Assert.Fail("influx is missing: apt-get install -y influxdb-client");
            throw;
        }
    }
}
