using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.ThingScale;

/// <summary>Streams that the examples do not show. The clock stands at 2026-03-01 21:00 in Tokyo.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task Devices_of_a_channel_are_merged_by_time()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.MapAsync("two");
        await server.MapAsync("elsewhere", 1);
        foreach (var (device, n) in new[] { ("one", 1), ("two", 2), ("elsewhere", 9), ("one", 3), ("two", 4), ("one", 5) })
        {
            Assert.Equal(200, (await server.PostAsync(device, $$"""{"n":{{n}}}""")).Status);
        }

        Assert.Equal("5", await NumbersAsync(server));
        Assert.Equal("3 4 5", await NumbersAsync(server, ("X-PAGELIMIT", "3")));
        Assert.Equal("5 4 3", await NumbersAsync(server, ("X-PAGELIMIT", "3"), ("X-PAGESORT", "desc")));
        Assert.Equal("1 2 3 4 5", await NumbersAsync(server, ("X-PAGELIMIT", "100")));
        Assert.Equal("1 2 3 4 5", await NumbersAsync(server, ("X-STARTTIME", "2026-03-01 21:00"), ("X-ENDTIME", "2026-03-01 21:00")));
        Assert.Equal("5 4 3 2 1", await NumbersAsync(server, ("X-ENDTIME", "2026-03-01 21:00"), ("X-PAGESORT", "DESC")));
        Assert.Equal("", await NumbersAsync(server, ("X-ENDTIME", "2026-03-01 20:59:59")));
        Assert.Equal("", await NumbersAsync(server, ("X-STARTTIME", "2026-03-01 21:00:01"), ("X-PAGELIMIT", "9")));
        Assert.Equal("5", await NumbersAsync(server, ("X-STARTTIME", "last"), ("X-ENDTIME", "2026-03-01 21:00")));
    }

    [Fact]
    public async Task The_newest_rows_since_a_time_are_a_page()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        for (var n = 1; n <= 5; n++)
        {
            await server.PostAsync("one", $$"""{"n":{{n}}}""");
            server.Cloud.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("4 5", await NumbersAsync(server, ("X-STARTTIME", "2026-03-01 21:01"), ("X-PAGELIMIT", "2")));
        Assert.Equal("2 3 4 5", await NumbersAsync(server, ("X-STARTTIME", "2026-03-01 21:01"), ("X-PAGELIMIT", "9")));
        Assert.Equal("2 3", await NumbersAsync(server, ("X-STARTTIME", "2026-03-01 21:01"), ("X-ENDTIME", "2026-03-01 21:02")));
    }

    [Fact]
    public async Task Rows_of_one_time_come_in_one_order_and_are_paged_in_it()
    {
        await using var server = await ThingScaleServer.StartAsync();
        for (var n = 1; n <= 4; n++)
        {
            await WriteAsync(
                server,
                await server.MapAsync($"device-{n}"),
                "2026-03-01T11:00:00Z",
                ("n", "value", FieldValue.Of((double)n))
            );
        }

        Assert.Equal("1 2 3 4", await NumbersAsync(server, ("X-PAGELIMIT", "9")));
        Assert.Equal("4 3 2 1", await NumbersAsync(server, ("X-PAGELIMIT", "9"), ("X-PAGESORT", "desc")));
        Assert.Equal("3 4", await NumbersAsync(server, ("X-PAGELIMIT", "2")));
        Assert.Equal("4 3", await NumbersAsync(server, ("X-PAGELIMIT", "2"), ("X-PAGESORT", "desc")));
    }

    [Fact]
    public async Task A_row_that_came_by_another_door_is_its_points()
    {
        await using var server = await ThingScaleServer.StartAsync();
        var device = await server.MapAsync("one");
        await WriteAsync(
            server,
            device,
            "2026-03-01T11:00:00Z",
            ("temp", "value", FieldValue.Of(21.5)),
            ("c8y_Temperature", "T", FieldValue.Of(20.0)),
            ("deep", "a.b", FieldValue.Of(true)),
            ("deep", "a.c", FieldValue.Of("x")),
            ("deep", "value", FieldValue.Of(7L))
        );

        var row = (await RowsAsync(server))[0]!;

        Assert.Equal(
            """{"temp":21.5,"c8y_Temperature":{"T":20},"deep":{"a":{"b":true,"c":"x"},"value":7}}""",
            Sorted(row["value"]!.AsObject(), "temp", "c8y_Temperature", "deep").ToJsonString()
        );
        Assert.Equal("2026-03-01T20:00:00+0900", (string)row["at"]!);
        Assert.Null(row["tag"]);
    }

    [Fact]
    public async Task A_row_has_the_same_id_whenever_it_is_read()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.PostAsync("one", "1");
        await server.PostAsync("one", "2", tag: "x");
        var (all, last) = (await RowsAsync(server, ("X-PAGELIMIT", "9")), await RowsAsync(server));

        Assert.Equal((string)all[1]!["_id"]!, (string)last[0]!["_id"]!);
        Assert.NotEqual((string)all[0]!["_id"]!, (string)last[0]!["_id"]!);
        Assert.StartsWith(((uint)server.Cloud.Time.GetUtcNow().ToUnixTimeSeconds()).ToString("x8"), (string)last[0]!["_id"]!);
    }

    [Fact]
    public async Task V1_rows_are_objects_where_the_account_wants_them_so()
    {
        await using var server = await ThingScaleServer.StartAsync(
            new TenantSettings { ThingScale = ThingScaleServer.Unlimited with { FlatRows = false } }
        );
        await server.MapAsync("one");
        await server.PostAsync("one", "v=1&v2=2", "/post_v1/");

        var row = (await RowsAsync(server))[0]!.AsObject();

        Assert.Equal("""{"value":1,"value2":2}""", row["value"]!.ToJsonString());
        Assert.True(row.ContainsKey("tag"));
    }

    [Fact]
    public async Task Aggregates_are_of_each_number_under_its_path()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.PostAsync("one", """{"temp":20,"in":{"a":1},"data":[{"value":10},{"value":30}],"text":"x","on":true}""");
        await server.PostAsync("one", """{"temp":21,"in":{"a":2},"data":[{"value":50}]}""");
        await server.PostAsync("one", """{"temp":25}""", tag: "x");

        Assert.Equal("""{"temp":22,"in:a":1.5,"data:value":30}""", await AggregateAsync("avg"));
        Assert.Equal("""{"temp":66,"in:a":3,"data:value":90}""", await AggregateAsync("sum"));
        Assert.Equal("""{"temp":20,"in:a":1,"data:value":10}""", await AggregateAsync("min"));
        Assert.Equal("""{"temp":25,"in:a":2,"data:value":50}""", await AggregateAsync("MAX"));
        Assert.Equal("""{"temp":25}""", await AggregateAsync("avg", ("X-TAGNAME", "x")));
        var empty = await server.GetAsync("/v2/stream/0", ("X-AGGREGATE", "sum"), ("X-ENDTIME", "2000-01-01 00:00"));
        Assert.Equal("[]", empty.Json["result"]!.ToJsonString());

        async Task<string> AggregateAsync(string kind, params (string, string)[] more)
        {
            var answer = await server.GetAsync("/v2/stream/0", [("X-AGGREGATE", kind), ("X-ENDTIME", "2026-03-01 21:00"), .. more]);
            Assert.Equal(kind.ToLowerInvariant(), (string)answer.Json["aggr_type"]!);
            return answer.Json["result"]![0]!["value"]!.ToJsonString();
        }
    }

    [Fact]
    public async Task A_sum_beyond_the_largest_number_is_null()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.PostAsync("one", """{"n":1e308}""");
        await server.PostAsync("one", """{"n":1e308}""");

        var answer = await server.GetAsync("/v2/stream/0", ("X-AGGREGATE", "sum"), ("X-ENDTIME", "2026-03-01 21:00"));

        Assert.Equal("""[{"_id":null,"value":{"n":null}}]""", answer.Json["result"]!.ToJsonString());
    }

    [Fact]
    public async Task Rows_with_too_many_members_are_not_aggregated()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.PostAsync("one", "{" + string.Join(',', Enumerable.Range(0, 2001).Select(i => $"\"m{i}\":1")) + "}");

        var answer = await server.GetAsync("/v2/stream/0", ("X-AGGREGATE", "sum"), ("X-ENDTIME", "2026-03-01 21:00"));

        Assert.Equal("""400 {"error":"RANGE_TOO_LARGE"}""", answer.ToString());
    }

    [Fact]
    public async Task A_range_across_the_hour_that_comes_twice_has_both()
    {
        await using var server = await ThingScaleServer.StartAsync(timeZone: "Europe/Berlin");
        var device = await server.MapAsync("one");
        foreach (var (time, n) in new[] { ("2026-10-25T00:30:00Z", 1.0), ("2026-10-25T01:30:00Z", 2.0), ("2026-10-25T02:30:00Z", 3.0) })
        {
            await WriteAsync(server, device, time, ("n", "value", FieldValue.Of(n)));
        }

        Assert.Equal("1 2", await NumbersAsync(server, ("X-STARTTIME", "2026-10-25 02:30"), ("X-ENDTIME", "2026-10-25 02:30")));
        var rows = await RowsAsync(server, ("X-PAGELIMIT", "3"));
        Assert.Equal(
            ["2026-10-25T02:30:00+0200", "2026-10-25T02:30:00+0100", "2026-10-25T03:30:00+0100"],
            rows.Select(row => (string)row!["at"]!)
        );
    }

    [Theory]
    [InlineData("X-ENDTIME", "")]
    [InlineData("X-ENDTIME", "now")]
    [InlineData("X-ENDTIME", "last, last")]
    [InlineData("X-STARTTIME", "2026-13-01 00:00")]
    [InlineData("X-PAGELIMIT", "0")]
    [InlineData("X-PAGELIMIT", "-1")]
    [InlineData("X-PAGELIMIT", "100001")]
    [InlineData("X-PAGELIMIT", "many")]
    [InlineData("X-PAGESORT", "up")]
    [InlineData("X-AGGREGATE", "median")]
    [InlineData("X-TAGNAME", "a/b")]
    public async Task A_header_that_means_nothing_is_refused(string name, string value)
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.SendAsync("POST", "/v2/channel/0");

        var answer = await server.GetAsync(
            "/v2/stream/0",
            name == "X-ENDTIME" ? [(name, value)] : [("X-ENDTIME", "2026-03-01 21:00"), (name, value)]
        );

        Assert.Equal("""400 {"error":"BAD_PARAMETER"}""", answer.ToString());
    }

    [Fact]
    public async Task A_row_is_written_to_a_device_of_the_channel_only()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.MapAsync("other", 1);
        await server.MapAsync("off");
        await server.SendAsync("PUT", "/v2/device/off", """{"enabled":false}""");

        Assert.Equal(201, (await PostAsync("one")).Status);
        Assert.Equal("""403 {"error":"NO_MAPPED_CH"}""", (await PostAsync("other")).ToString());
        Assert.Equal("""403 {"error":"DEVICE_DISABLED"}""", (await PostAsync("off")).ToString());
        Assert.Equal("""404 {"error":"NO_DEVICE"}""", (await PostAsync("nobody")).ToString());
        Assert.Equal("""400 {"error":"BAD_JSON_FORMAT"}""", (await server.SendAsync("POST", "/v2/stream/0", "[]")).ToString());
        Assert.Equal("""404 {"error":"NO_CHANNEL"}""", (await server.SendAsync("POST", "/v2/stream/7", "1")).ToString());
        Assert.Single(await RowsAsync(server, ("X-PAGELIMIT", "9")));

        Task<Answer> PostAsync(string device) => server.SendAsync("POST", "/v2/stream/0", """{"n":1}""", ("X-DEVICEID", device));
    }

    [Fact]
    public async Task A_text_that_somebody_else_wrote_among_the_messages_is_no_row()
    {
        await using var server = await ThingScaleServer.StartAsync();
        var device = await server.MapAsync("one");
        await WriteAsync(
            server,
            device,
            "2026-03-01T11:00:00Z",
            ("$message", "thingscale", FieldValue.Of("no JSON")),
            ("n", "value", FieldValue.Of(1.0))
        );
        await WriteAsync(server, device, "2026-03-01T11:00:01Z", ("$message", "thingscale", FieldValue.Of("[1]")));

        Assert.Equal("1", await NumbersAsync(server, ("X-PAGELIMIT", "9")));
    }

    private static async Task WriteAsync(
        ThingScaleServer server,
        DeviceTwin device,
        string time,
        params (string Measurement, string Field, FieldValue Value)[] values
    )
    {
        var (tags, nanoseconds) = (TagSet.Of("uuid", device.Uuid.ToString()), PayloadTime.ToNanoseconds(DateTimeOffset.Parse(time)));
        var points = values.Select(value => new Point(value.Measurement, tags, value.Field, nanoseconds, value.Value)).ToList();
        await server.Pipeline.WriteAsync(TestCloud.Tenant, points, server.Cloud.Time.GetUtcNow(), TestCloud.Cancellation);
    }

    private static async Task<JsonArray> RowsAsync(ThingScaleServer server, params (string Name, string Value)[] headers)
    {
        var all = headers.Any(header => header.Name == "X-ENDTIME") ? headers : [("X-ENDTIME", "last"), .. headers];
        var answer = await server.GetAsync("/v2/stream/0", all);
        Assert.Equal(200, answer.Status);
        return answer.Json["stream"]!.AsArray();
    }

    /// <summary>The member n of each row.</summary>
    private static async Task<string> NumbersAsync(ThingScaleServer server, params (string Name, string Value)[] headers) =>
        string.Join(' ', (await RowsAsync(server, headers)).Select(row => row!["value"]!["n"]!.ToJsonString()));

    private static JsonObject Sorted(JsonObject value, params string[] names)
    {
        Assert.Equal(names.Order(), value.Select(member => member.Key).Order());
        return new JsonObject(names.Select(name => KeyValuePair.Create(name, value[name]?.DeepClone())));
    }
}
