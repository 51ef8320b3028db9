using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Tests.Influx;

/// <summary>How requests to /query are read. The answers are the real server's.</summary>
public sealed class QueryRequestTests
{
    private const string Missing = """400 {"error":"missing required parameter \"q\""}""";
    private const string Measurements =
        """200 {"results":[{"statement_id":0,"series":[{"name":"measurements","columns":["name"],"values":[["m"]]}]}]}""";

    private const string Databases =
        """200 {"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"],"values":[["iot"],["d"]]}]}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_query_is_in_the_url_the_form_or_a_file()
    {
        await using var server = await StartAsync();
        using var file = new MultipartFormDataContent { { new StringContent("SHOW DATABASES\n"), "q", "q.iql" } };
        using var member = new MultipartFormDataContent { { new StringContent("SHOW DATABASES"), "q" } };

        Assert.Equal(Measurements, await server.QueryAsync("SHOW MEASUREMENTS"));
        Assert.Equal(Measurements, await server.SendAsync("POST", "/query?db=d&q=show+measurements"));
        Assert.Equal(Measurements, await server.SendAsync("POST", "/query?db=d&q=show+measurements", Form(("x", "1"))));
        Assert.Equal(Databases, await server.SendAsync("POST", "/query?db=d&q=show+measurements", Form(("q", " show databases "))));
        Assert.Equal(Measurements, await server.SendAsync("POST", "/query", Form(("q", "show measurements"), ("db", "d"))));
        Assert.Equal(Databases, await server.SendAsync("POST", "/query?db=d", file));
        Assert.Equal(Databases, await server.SendAsync("POST", "/query?db=d", member));
        Assert.Equal(Measurements, await server.SendAsync("POST", "/query?db=d&q=show+measurements", Member("show databases")));
    }

    [Theory]
    [InlineData("q=show+databases&x=%zz")]
    [InlineData("q=%zz&q=show+databases")]
    [InlineData("%zz=1&&=&q=%73how+databases")]
    [InlineData("q=show+databases&q=bad")]
    public async Task Pairs_with_a_broken_escape_do_not_count_and_of_the_others_the_first(string pairs)
    {
        await using var server = await StartAsync();

        Assert.Equal(Databases, await GetAsItIsAsync(server, $"/query?{pairs}"));
        Assert.Equal(Databases, await server.SendAsync("POST", "/query", Raw(pairs)));
        Assert.Equal(Databases, await server.SendAsync("POST", "/query?q=show+databases", Raw("q=%zz")));
    }

    [Fact]
    public async Task A_query_with_a_broken_escape_is_none()
    {
        await using var server = await StartAsync();

        Assert.Equal(Missing, await GetAsItIsAsync(server, "/query?q=%zz"));
        Assert.Equal(Missing, await GetAsItIsAsync(server, "/query?q=show+databases%"));
    }

    [Fact]
    public async Task A_form_may_have_any_number_of_values()
    {
        await using var server = await StartAsync();
        var many = string.Concat(Enumerable.Range(0, 3000).Select(i => $"a{i}=1&"));

        Assert.Equal(Databases, await server.SendAsync("POST", "/query", Raw($"{many}{new string('k', 5000)}=1&q=show databases")));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_replaced()
    {
        await using var server = await StartAsync();

        Assert.Equal(
            "200 {\"results\":[{\"statement_id\":0,\"error\":\"database not found: \ufffd\"}]}",
            await server.SendAsync("GET", "/query?db=%ff&q=select+v+from+m")
        );
    }

    [Theory]
    [InlineData("1", 2)]
    [InlineData("%2B1", 2)]
    [InlineData("3000000000", 1)]
    [InlineData("99999999999999999999", 1)]
    [InlineData("0", 1)]
    [InlineData("-1", 1)]
    [InlineData("%201", 1)]
    [InlineData("x", 1)]
    public async Task Chunks_have_the_size_that_is_asked_for_if_it_is_one(string size, int chunks)
    {
        await using var server = await StartAsync();
        var answer = await server.QueryAsync("SELECT v FROM m", $"db=d&chunked=true&chunk_size={size}");

        Assert.Equal(chunks, answer.Split('\n').Length);
    }

    [Theory]
    [InlineData("GET", "/query")]
    [InlineData("GET", "/query?Q=show+databases")]
    [InlineData("GET", "/query?q=+")]
    [InlineData("POST", "/query?db=d")]
    public async Task Without_a_query(string method, string path)
    {
        await using var server = await StartAsync();

        Assert.Equal(Missing, await server.SendAsync(method, path));
    }

    [Fact]
    public async Task A_body_that_is_no_form_has_no_query()
    {
        await using var server = await StartAsync();
        using var broken = new StringContent("sss");
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");

        Assert.Equal(Missing, await server.SendAsync("POST", "/query", broken));
        Assert.Equal(Missing, await server.SendAsync("POST", "/query", new StringContent("q=show databases")));
    }

    [Theory]
    [InlineData("[]", "error parsing query parameters: json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("1", "error parsing query parameters: json: cannot unmarshal number into Go value of type map[string]interface {}")]
    [InlineData("x", "error parsing query parameters: invalid character 'x' looking for beginning of value")]
    [InlineData("{\"a\":1", "error parsing query parameters: unexpected EOF")]
    [InlineData("{\"a\":1e3}", "error parsing json value: strconv.ParseInt: parsing \\\"1e3\\\": invalid syntax")]
    [InlineData("{\"a\":1} trailing", "error parsing query: missing parameter: h")]
    [InlineData("null", "error parsing query: missing parameter: h")]
    [InlineData("{}", "error parsing query: missing parameter: h")]
    public async Task Parameters_that_cannot_be_bound(string parameters, string error)
    {
        await using var server = await StartAsync();

        Assert.Equal(
            $$"""400 {"error":"{{error}}"}""",
            await server.QueryAsync("SELECT v FROM m WHERE h = $h", $"db=d&params={Uri.EscapeDataString(parameters)}")
        );
    }

    [Fact]
    public async Task Empty_parameters_are_none()
    {
        await using var server = await StartAsync();

        Assert.Equal(Measurements, await server.QueryAsync("SHOW MEASUREMENTS", "db=d&epoch=&rp=&params={}&chunked=&pretty="));
    }

    [Fact]
    public async Task A_query_that_cannot_be_parsed_is_refused_with_the_text_in_a_header()
    {
        await using var server = await StartAsync();
        using var response = await server.Client.GetAsync("/query?q=selec+%C3%A9", Cancellation);
        const string Error =
            "error parsing query: found selec, expected SELECT, DELETE, SHOW, CREATE, DROP, EXPLAIN, GRANT, REVOKE, ALTER, SET, KILL at line 1, char 1";

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal($"{{\"error\":\"{Error}\"}}\n", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(Error, response.Headers.GetValues("X-Influxdb-Error").Single());
    }

    [Fact]
    public async Task Texts_that_no_header_takes_are_made_plain()
    {
        await using var server = await StartAsync();

        Assert.StartsWith(
            "400 {\"error\":\"error parsing query: found é",
            await server.QueryAsync("SELECT é\u0001 FROM x é"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("application/csv", "text/csv", "name,tags,name\nmeasurements,,m\n")]
    [InlineData("text/csv", "text/csv", "name,tags,name\nmeasurements,,m\n")]
    [InlineData(
        "text/csv, application/json",
        "application/json",
        "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"measurements\",\"columns\":[\"name\"],\"values\":[[\"m\"]]}]}]}\n"
    )]
    public async Task The_form_of_the_answer_is_asked_for_exactly(string accept, string type, string body)
    {
        await using var server = await StartAsync();
        server.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accept);
        using var response = await server.Client.GetAsync("/query?db=d&q=show+measurements", Cancellation);

        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Answers_are_compressed_where_asked_and_errors_are_not()
    {
        await using var server = await StartAsync();
        await server.AddUserAsync("bob", Roles.Reader, "bobs-token");
        server.Client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        using var good = await server.Client.GetAsync("/query?db=d&q=show+measurements", Cancellation);
        using var unzipped = new StreamReader(
            new GZipStream(await good.Content.ReadAsStreamAsync(Cancellation), CompressionMode.Decompress),
            Encoding.UTF8
        );

        Assert.Equal(["gzip"], good.Content.Headers.ContentEncoding);
        Assert.Equal(Measurements[4..] + "\n", await unzipped.ReadToEndAsync(Cancellation));
        Assert.Equal(Missing, await server.SendAsync("GET", "/query"));
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "bobs-token");
        Assert.Equal(
            """403 {"error":"error authorizing query: bob not authorized to execute statement 'DROP DATABASE d', requires admin privilege"}""",
            await server.QueryAsync("DROP DATABASE d")
        );
    }

    [Fact]
    public async Task Pretty_counts_in_the_url_only()
    {
        await using var server = await StartAsync();

        Assert.StartsWith(
            "200 {\n    \"results\": [\n",
            await server.QueryAsync("SHOW DATABASES", "pretty=true"),
            StringComparison.Ordinal
        );
        Assert.Equal(Databases, await server.SendAsync("POST", "/query", Form(("q", "show databases"), ("pretty", "true"))));
    }

    [Fact]
    public async Task Nobody_waits_for_an_asynchronous_query()
    {
        await using var server = await StartAsync();

        Assert.Equal("204", await server.SendAsync("POST", "/query?async=true&q=create+database+later"));

        while (!(await server.QueryAsync("SHOW DATABASES")).Contains("later", StringComparison.Ordinal))
        {
            await Task.Delay(20, Cancellation);
        }
    }

    [Fact]
    public async Task A_tenant_may_bound_its_queries()
    {
        var settings = new TenantSettings { Queries = new QuerySettings { MaxLength = 20 } };
        await using var server = await InfluxServer.StartAsync(settings);

        Assert.Equal(Databases, await server.QueryAsync("SHOW DATABASES"));
        Assert.StartsWith(
            "400 {\"error\":\"error parsing query: ",
            await server.QueryAsync("SHOW DATABASES -- with a comment"),
            StringComparison.Ordinal
        );
    }

    private static async Task<InfluxServer> StartAsync()
    {
        var server = await InfluxServer.StartAsync();
        Assert.Equal("204", await server.WriteAsync("m,h=a v=1 1000000000\nm,h=b v=2 2000000000"));
        return server;
    }

    /// <summary>Asks without the corrections that .NET makes to a URL.</summary>
    private static async Task<string> GetAsItIsAsync(InfluxServer server, string path)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var response = await server.Client.GetAsync(
            new Uri(server.Client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path, options),
            Cancellation
        );
        return $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync(Cancellation)).TrimEnd('\n')}";
    }

    private static MultipartFormDataContent Member(string query) => new() { { new StringContent(query), "q" } };

    private static StringContent Raw(string form) => new(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] values) =>
        new(values.Select(value => KeyValuePair.Create(value.Name, value.Value)));
}
