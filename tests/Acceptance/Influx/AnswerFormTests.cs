using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Serverless.Acceptance.Tests.Influx.Differential;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Influx;

/// <summary>The forms of answers over HTTP (chunks, pretty, CSV, MessagePack, gzip, epochs) beside those of the real InfluxDB, byte by byte.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class AnswerFormTests
{
    private const string Database = "forms";
    private static readonly TestUser User = new("asker", "in whatever form", "admin");

    private static readonly string[] Queries =
    [
        "SELECT * FROM cpu",
        "SELECT load, usage FROM cpu GROUP BY host",
        "SELECT mean(usage) FROM cpu WHERE time >= 1577836800s AND time < 1577837300s GROUP BY time(30s), host",
        "SELECT up, note FROM cpu ORDER BY time DESC LIMIT 9",
        "SELECT * FROM /one|cpu/",
        "SELECT * FROM one; SELECT * FROM nothing; SELECT v FROM one",
        "SELECT * FROM one; SELECT * FROM \"policy\".one; SHOW MEASUREMENTS",
        "SELECT v FROM long",
        "SELECT v FROM long LIMIT 10000",
        "SELECT top(usage, 2), host FROM cpu",
        "SHOW MEASUREMENTS",
        "SHOW SERIES",
        "SHOW SERIES EXACT CARDINALITY",
        "SHOW FIELD KEYS",
        "SHOW FIELD KEY CARDINALITY",
        "SHOW TAG KEYS",
        "SHOW TAG VALUES WITH KEY = host",
        "SHOW MEASUREMENT EXACT CARDINALITY",
        "CREATE DATABASE forms",
        "SELECT",
        "",
    ];

    private static readonly (string Parameters, string Accept, string Encoding)[] Forms =
    [
        ("", "", ""),
        ("epoch=ns&pretty=true", "*/*", ""),
        ("chunk_size=3", "", ""),
        ("chunked=true", "application/json", ""),
        ("chunked=true&chunk_size=7&epoch=ms", "", ""),
        ("chunked=true&chunk_size=1&epoch=h", "", "gzip"),
        ("chunked=true&chunk_size=3&pretty=true", "", ""),
        ("chunked=true&chunk_size=-5", "", ""),
        ("chunked=true&chunk_size=x", "", ""),
        ("epoch=u", "", "gzip, deflate"),
        ("", "text/csv", ""),
        ("epoch=s", "application/csv", "gzip"),
        ("chunked=true&chunk_size=20", "text/csv", ""),
        ("", "application/x-msgpack", ""),
        ("epoch=ns&chunked=true&chunk_size=20", "application/x-msgpack", ""),
        ("", "text/csv, application/json", ""),
    ];

    [Fact]
    public async Task Every_form_has_the_real_servers_bytes()
    {
        using var folder = new ScratchFolder();
        await using var influxd = await Influxd.StartAsync();
        var options = new CloudOptions { Data = folder.At("data"), Bootstrap = new TestBootstrap().Tenant("t1", [User]) };
        await using var cloud = await CloudProcess.StartAsync(options);
        using var expected = new HttpClient { BaseAddress = influxd.Http };
        using var actual = new HttpClient { BaseAddress = cloud.Http };
        actual.DefaultRequestHeaders.Authorization = new(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User.Name}:{User.Password}"))
        );
        await FillAsync(expected);
        await FillAsync(actual);

        var differences = new List<string>();
        foreach (var query in Queries)
        {
            foreach (var form in Forms)
            {
                var (mine, yours) = (await AskAsync(expected, query, form), await AskAsync(actual, query, form));
                if (mine != yours)
                {
                    differences.Add($"{query} as {form}\n    expected {Around(mine, yours)}\n    found    {Around(yours, mine)}");
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(20)));
    }

    private static async Task FillAsync(HttpClient client)
    {
        var lines = new StringBuilder("one v=1.5 1577836800123456789\n");
        foreach (var host in "abc")
        {
            for (var i = 0; i < 50; i++)
            {
                lines.Append(
                    $"cpu,host={host},room=x\\ y load={i % 7}i,usage={i / 4.0},up={i % 2 == 0},note=\"n{i} \\\"<&>\" {1577836800 + (i * 10)}000000000\n"
                );
            }
        }

        // More than the rows of which the real server makes a piece.
        for (var i = 0; i < 10_500; i++)
        {
            lines.Append($"long v={i}i {1577836800 + i}000000000\n");
        }

        await AskAsync(client, $"CREATE DATABASE {Database} WITH DURATION INF SHARD DURATION 100000d", ("", "", ""));
        using var written = await client.PostAsync($"/write?db={Database}", new StringContent(lines.ToString()));
        Assert.True(written.IsSuccessStatusCode, await written.Content.ReadAsStringAsync());
    }

    /// <summary>The whole answer: status, the headers of its form, and its bytes as Latin-1 text.</summary>
    private static async Task<string> AskAsync(HttpClient client, string query, (string Parameters, string Accept, string Encoding) form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/query?db={Database}&{form.Parameters}");
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("q", query)]);
        Add(request.Headers, "Accept", form.Accept);
        Add(request.Headers, "Accept-Encoding", form.Encoding);
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStreamAsync();
        if (response.Content.Headers.ContentEncoding.Contains("gzip"))
        {
            body = new GZipStream(body, CompressionMode.Decompress);
        }

        using var reader = new StreamReader(body, Encoding.Latin1);
        var (type, encoding) = (response.Content.Headers.ContentType, string.Join(',', response.Content.Headers.ContentEncoding));
        return $"{(int)response.StatusCode} {type} {encoding}\n{await reader.ReadToEndAsync()}";
    }

    private static void Add(HttpRequestHeaders headers, string name, string value)
    {
        if (value.Length > 0)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }

    private static string Around(string text, string other)
    {
        var same = text.AsSpan().CommonPrefixLength(other);
        var start = Math.Max(0, same - 60);
        return $"…{text[start..Math.Min(text.Length, same + 100)].ReplaceLineEndings("\\n")}… ({text.Length} characters)";
    }
}
