using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Tests.Proficloud;

public sealed class ProficloudDialectTests
{
    private const string A = "355f6856-e9a4-469f-8f22-3f8b037d064a";
    private const string B = "873c543f-d3bd-43e1-bc47-982c0109566f";
    private const string Range = "fromDate=2020-07-21T10:45:00.000Z&toDate=2020-07-21T10:45:05.000Z";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_last_points_of_the_vendors_example()
    {
        await using var server = await ProficloudServer.StartAsync();
        await server.AddAsync(A);
        foreach (var (name, value) in new[] { ("watt", 5000.0), ("pressure", 1000.0), ("temperature", 60.0) })
        {
            await server.WriteAsync(A, name, "2020-07-21T11:43:04Z", FieldValue.Of(1.0));
            await server.WriteAsync(A, name, "2020-07-21T11:43:05Z", FieldValue.Of(value));
        }

        var (status, body) = await server.GetAsync($"/epts/last?uuid={A}&timeSeriesName=auto~pressure,auto~temperature,auto~watt");

        Assert.Equal(200, status);
        Assert.Equal(
            Json(
                $$$$"""
                {"{{{{A}}}}":{
                  "auto~pressure":[{"timestamp":"2020-07-21T11:43:05Z","values":{"value":1000}}],
                  "auto~temperature":[{"timestamp":"2020-07-21T11:43:05Z","values":{"value":60}}],
                  "auto~watt":[{"timestamp":"2020-07-21T11:43:05Z","values":{"value":5000}}]
                }}
                """
            ),
            body
        );
    }

    [Fact]
    public async Task The_raw_data_of_the_vendors_example_one_element_a_device_and_series()
    {
        await using var server = await ProficloudServer.StartAsync();
        await server.AddAsync(A);
        await WriteExampleAsync(server);

        var (status, body) = await server.GetAsync($"/epts/data?uuid={A}&timeSeriesName=auto~pressure,auto~temperature&{Range}");

        Assert.Equal(200, status);
        Assert.Equal(
            Json(
                $$$$"""
                [
                  {"{{{{A}}}}":{"auto~pressure":[
                    {"timestamp":"2020-07-21T10:45:01Z","values":{"value":10}},
                    {"timestamp":"2020-07-21T10:45:02Z","values":{"value":0}},
                    {"timestamp":"2020-07-21T10:45:03Z","values":{"value":10}},
                    {"timestamp":"2020-07-21T10:45:04Z","values":{"value":100}}]}},
                  {"{{{{A}}}}":{"auto~temperature":[
                    {"timestamp":"2020-07-21T10:45:01Z","values":{"value":50}},
                    {"timestamp":"2020-07-21T10:45:02Z","values":{"value":35}},
                    {"timestamp":"2020-07-21T10:45:03Z","values":{"value":45}},
                    {"timestamp":"2020-07-21T10:45:04Z","values":{"value":55}}]}}
                ]
                """
            ),
            body
        );
    }

    [Theory]
    [InlineData("&sort=DESC", "04 03 02 01")]
    [InlineData("&sort=ASC", "01 02 03 04")]
    [InlineData("", "01 02 03", "2020-07-21T10:45:01Z", "2020-07-21T10:45:04Z")]
    [InlineData("&includeTime=to", "02 03 04", "2020-07-21T10:45:01Z", "2020-07-21T10:45:04Z")]
    [InlineData("&includeTime=both", "01 02 03 04", "2020-07-21T10:45:01Z", "2020-07-21T10:45:04Z")]
    [InlineData("&includeTime=none&sort=DESC", "03 02", "2020-07-21T10:45:01Z", "2020-07-21T10:45:04Z")]
    [InlineData("", "", "2020-07-21T10:45:04Z", "2020-07-21T10:45:01Z")]
    public async Task Sort_and_include_time(
        string more,
        string seconds,
        string from = "2020-07-21T10:45:00Z",
        string to = "2020-07-21T10:45:05Z"
    )
    {
        await using var server = await ProficloudServer.StartAsync();
        await server.AddAsync(A);
        await WriteExampleAsync(server);

        var (_, body) = await server.GetAsync($"/epts/data?uuid={A}&timeSeriesName=auto~pressure&fromDate={from}&toDate={to}{more}");

        var points = JsonNode.Parse(body)!.AsArray().SelectMany(element => element![A]!["auto~pressure"]!.AsArray());
        Assert.Equal(seconds, string.Join(' ', points.Select(point => point!["timestamp"]!.GetValue<string>()[17..19])));
    }

    [Fact]
    public async Task Devices_and_series_come_in_the_order_asked_under_the_names_asked()
    {
        await using var server = await ProficloudServer.StartAsync();
        await server.AddAsync(A);
        await server.AddAsync(B);
        foreach (var uuid in new[] { A, B })
        {
            await server.WriteAsync(uuid, "x", "2020-07-21T10:45:01Z", FieldValue.Of(1.0));
            await server.WriteAsync(uuid, "y", "2020-07-21T10:45:01Z", FieldValue.Of(2.0));
        }

        var upper = B.ToUpperInvariant();
        var (_, body) = await server.GetAsync($"/epts/data?uuid={upper},{A}&timeSeriesName=auto~y,auto~none,auto~x&{Range}");

        var order = JsonNode
            .Parse(body)!
            .AsArray()
            .Select(element => element!.AsObject().Single())
            .Select(device => $"{device.Key}:{device.Value!.AsObject().Single().Key}");
        Assert.Equal([$"{upper}:auto~y", $"{upper}:auto~x", $"{A}:auto~y", $"{A}:auto~x"], order);
    }

    [Fact]
    public async Task A_name_without_auto_is_a_measurement_with_all_its_fields_each_time_one_point()
    {
        await using var server = await ProficloudServer.StartAsync();
        await server.AddAsync(A);
        await server.WriteAsync(A, "m", "2020-07-21T10:45:01Z", FieldValue.Of(1.5), "b");
        await server.WriteAsync(A, "m", "2020-07-21T10:45:01Z", FieldValue.Of(true), "a");
        await server.WriteAsync(A, "m", "2020-07-21T10:45:02Z", FieldValue.Of("on\"é"), "a");
        await server.WriteAsync(A, "m", "2020-07-21T10:45:03.1234567Z", FieldValue.Of(long.MaxValue), "b");

        var (_, all) = await server.GetAsync($"/epts/data?uuid={A}&timeSeriesName=m,auto~m&{Range}");
        var (_, descending) = await server.GetAsync($"/epts/data?uuid={A}&timeSeriesName=m&sort=DESC&{Range}");
        var (_, last) = await server.GetAsync($"/epts/last?uuid={A}&timeSeriesName=m");

        const string One = """{"timestamp":"2020-07-21T10:45:01Z","values":{"a":true,"b":1.5}}""";
        const string Two = """{"timestamp":"2020-07-21T10:45:02Z","values":{"a":"on\"é"}}""";
        const string Three = """{"timestamp":"2020-07-21T10:45:03.123456Z","values":{"b":9223372036854775807}}""";
        Assert.Equal(Data(One, Two, Three), all);
        Assert.Equal(Data(Three, Two, One), descending);
        Assert.Equal(Data(Three)[1..^1], last);
    }

    [Fact]
    public async Task A_field_that_has_had_several_types_keeps_its_order()
    {
        await using var server = await ProficloudServer.StartAsync();
        await server.AddAsync(A);
        await server.WriteAsync(A, "m", "2020-07-21T10:45:01Z", FieldValue.Of(1.0));
        await server.WriteAsync(A, "m", "2020-07-21T10:45:02Z", FieldValue.Of("two"));
        await server.WriteAsync(A, "m", "2020-07-21T10:45:03Z", FieldValue.Of(3.0));
        await server.WriteAsync(A, "m", "2020-07-21T10:45:04Z", FieldValue.Of(true));

        var (_, body) = await server.GetAsync($"/epts/data?uuid={A}&timeSeriesName=auto~m&{Range}");

        var values = JsonNode.Parse(body)![0]![A]!["auto~m"]!.AsArray().Select(point => point!["values"]!["value"]!.ToJsonString());
        Assert.Equal(["1", "\"two\"", "3", "true"], values);
    }

    [Fact]
    public async Task Another_tenants_device_is_like_one_that_never_was()
    {
        await using var server = await ProficloudServer.StartAsync();
        await server.Cloud.AddTenantAsync("t2");
        await server.AddAsync(A, "t2");
        var point = new Point("x", TagSet.Of("uuid", A), "value", 0, FieldValue.Of(1.0));
        await server.Cloud.Series.WriteAsync("t2", Tenant.DeviceDatabase, [point], Cancellation);

        Assert.Equal((200, "{}"), await server.GetAsync($"/epts/last?uuid={A},{B}&timeSeriesName=auto~x"));
        Assert.Equal((200, "[]"), await server.GetAsync($"/epts/data?uuid={A},{B}&timeSeriesName=auto~x&{Range}"));
    }

    [Theory]
    [InlineData("/epts/last?timeSeriesName=a", "The parameter uuid is missing.")]
    [InlineData($"/epts/last?uuid={A}", "The parameter timeSeriesName is missing.")]
    [InlineData($"/epts/data?uuid={A}&timeSeriesName=a", "The parameter fromDate is missing.")]
    [InlineData($"/epts/data?uuid={A}&timeSeriesName=a&fromDate=x&toDate=y", "The parameter fromDate is no time in ISO 8601: 'x'.")]
    public async Task Wrong_input_is_400_and_500_where_the_tenant_wants_the_vendors_status(string path, string message)
    {
        await using var server = await ProficloudServer.StartAsync();
        await using var compatible = await ProficloudServer.StartAsync(new TenantSettings { ProficloudErrors500 = true });
        var body = $$"""{"error":"{{message}}"}""";

        Assert.Equal((400, body), await server.GetAsync(path));
        Assert.Equal((500, body), await compatible.GetAsync(path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer other")]
    [InlineData("Basic YW5uOnNlY3JldA==")]
    public async Task Without_a_good_token_all_is_401(string? header)
    {
        await using var server = await ProficloudServer.StartAsync();
        server.Client.DefaultRequestHeaders.Remove("Authorization");
        server.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        Assert.Equal((401, """{"error":"Unauthorized"}"""), await server.GetAsync("/epts/last"));
        Assert.Equal((401, """{"error":"Unauthorized"}"""), await server.GetAsync("/epts/data"));
    }

    [Fact]
    public async Task Where_the_documents_are_away_all_is_503()
    {
        await using var server = await ProficloudServer.StartAsync();
        server.Cloud.Store.GoAway();

        Assert.Equal((503, """{"error":"The store is away."}"""), await server.GetAsync($"/epts/last?uuid={A}&timeSeriesName=a"));
        using var response = await server.Client.PostAsJsonAsync(
            "/epts/token",
            new { username = "ann", password = "secret" },
            Cancellation
        );
        Assert.Equal(503, (int)response.StatusCode);
    }

    [Fact]
    public async Task Where_the_series_go_away_before_the_first_point_it_is_503_and_no_half_answer()
    {
        FailingRuns? runs = null;
        await using var server = await ProficloudServer.StartAsync(series: cloud =>
        {
            runs = new FailingRuns(cloud.Runs);
            return new SeriesStore(runs, cloud.Time, new SeriesOptions { CacheBytes = 0, Exclusive = true });
        });
        await server.AddAsync(A);
        await server.WriteAsync(A, "x", "2020-07-21T10:45:01Z", FieldValue.Of(1.0));
        await server.Cloud.Series.CompactAsync(TestCloud.Tenant, Tenant.DeviceDatabase, Cancellation);
        Assert.Contains("10:45:01", (await server.GetAsync($"/epts/data?uuid={A}&timeSeriesName=auto~x&{Range}")).Body);
        runs!.Away = true;

        var (status, body) = await server.GetAsync($"/epts/data?uuid={A}&timeSeriesName=auto~x&{Range}");

        Assert.Equal((503, """{"error":"The runs are away."}"""), (status, body));
    }

    [Fact]
    public async Task A_million_points_are_sent_as_they_are_read()
    {
        const int Count = 1_000_000;
        await using var server = await ProficloudServer.StartAsync();
        await server.AddAsync(A);
        var tags = TagSet.Of("uuid", A);
        for (var start = 0; start < Count; start += 100_000)
        {
            await server.WriteAsync([
                .. Enumerable.Range(start, 100_000).Select(i => new Point("x", tags, "value", i * 1_000_000L, FieldValue.Of((double)i))),
            ]);
        }

        // A compaction that the writes have begun has memory of its own: it is not to be measured.
        await server.Cloud.Series.CompactAsync(TestCloud.Tenant, Tenant.DeviceDatabase, Cancellation);
        var peak = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"/epts/data?uuid={A}&timeSeriesName=auto~x&fromDate=1970-01-01&toDate=1971-01-01"
        );
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        var buffer = new byte[64 * 1024];
        var (total, looked) = (0L, 0L);
        for (int read; (read = await body.ReadAsync(buffer, Cancellation)) > 0; total += read)
        {
            if (total - looked > 8_000_000)
            {
                looked = total;
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.InRange(total, 60_000_000, 90_000_000);
        Assert.InRange(peak, long.MinValue, 24_000_000);
    }

    private static async Task WriteExampleAsync(ProficloudServer server)
    {
        var (pressure, temperature) = (new[] { 10.0, 0, 10, 100 }, new[] { 50.0, 35, 45, 55 });
        for (var i = 0; i < 4; i++)
        {
            await server.WriteAsync(A, "temperature", $"2020-07-21T10:45:0{i + 1}Z", FieldValue.Of(temperature[i]));
            await server.WriteAsync(A, "pressure", $"2020-07-21T10:45:0{i + 1}Z", FieldValue.Of(pressure[i]));
        }
    }

    private static string Data(params string[] points) => "[{\"" + A + "\":{\"m\":[" + string.Join(',', points) + "]}}]";

    private static string Json(string indented) => JsonNode.Parse(indented)!.ToJsonString();
}
