using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Data;

public sealed class MeasurementListTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "1 2 3 4 5")]
    [InlineData("revert=true", "5 4 3 2 1")]
    [InlineData("dateFrom=2020-01-02&dateTo=2020-01-04", "2 3")]
    [InlineData("dateFrom=2020-01-02&dateTo=2020-01-04&revert=true", "3 2")]
    [InlineData("dateFrom=2020-01-04T01:00:00%2B01:00", "4 5")]
    [InlineData("dateTo=2020-01-01T00:00:00.001Z", "1")]
    [InlineData("type=even", "2 4")]
    [InlineData("valueFragmentType=odd", "1 3 5")]
    [InlineData("valueFragmentType=odd&valueFragmentSeries=y", "5")]
    [InlineData("valueFragmentSeries=x", "1 2 3 4")]
    [InlineData("fragmentType=note", "5")]
    [InlineData("valueFragmentType=note", "")]
    [InlineData("type=even&revert=true&dateFrom=2020-01-03", "4")]
    [InlineData("dateFrom=2020-01-04&dateTo=2020-01-02", "")]
    public async Task Filters_and_order(string query, string expected)
    {
        await using var server = await DataServer.StartAsync();
        for (var day = 1; day <= 5; day++)
        {
            var kind = day % 2 == 0 ? "even" : "odd";
            var body = DataServer.Body(
                $"2020-01-0{day}",
                $"{day}",
                kind,
                day == 5 ? "y" : "x",
                null,
                kind,
                day > 3 ? server.Group : server.Device
            );
            await server.PostAsync("/measurement/measurements", day == 5 ? body.Replace("\"type\"", "\"note\":{\"a\":1},\"type\"") : body);
        }

        var answer = await server.GetAsync($"/measurement/measurements?pageSize=100&withTotalElements=true&{query}");

        var values = answer.Json["measurements"]!
            .AsArray()
            .Select(one => $"{(one!["even"] ?? one["odd"])!.AsObject().First().Value!["value"]}");
        Assert.Equal(expected, string.Join(' ', values));
        Assert.Equal(expected.Length == 0 ? 0 : expected.Split(' ').Length, (int)answer.Json["statistics"]!["totalElements"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_follow_one_another_over_devices_and_equal_times(bool descending)
    {
        await using var server = await DataServer.StartAsync();
        var devices = new List<DeviceTwin> { server.Device, server.Group, await server.Cloud.AddDeviceAsync("third") };
        var random = new Random(3);
        var written = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            var body = DataServer.Body($"2020-01-0{1 + random.Next(5)}", $"{i}", "f", "s", null, $"t{i}", devices[random.Next(3)]);
            written.Add((string)(await server.PostAsync("/measurement/measurements", body))["id"]!);
        }

        var query = $"dateFrom=2000-01-01{(descending ? "&revert=true" : "")}&pageSize=7";
        var walked = await WalkAsync(server, query);
        var whole = (await server.GetAsync($"/measurement/measurements?{query}".Replace("pageSize=7", "pageSize=2000"))).Json[
            "measurements"
        ]!
            .AsArray()
            .Select(one => (string)one!["id"]!)
            .ToList();

        Assert.Equal(whole, walked);
        Assert.Equal(written.Order(StringComparer.Ordinal), walked.Order(StringComparer.Ordinal));
        var alone = (await server.GetAsync($"/measurement/measurements?{query}&currentPage=4&x=other")).Json["measurements"]!.AsArray();
        Assert.Equal(whole.Skip(21).Take(7), alone.Select(one => (string)one!["id"]!));
    }

    [Fact]
    public async Task What_comes_while_pages_are_walked_neither_repeats_nor_skips_what_was_there()
    {
        await using var server = await DataServer.StartAsync();
        for (var second = 10; second < 20; second++)
        {
            await server.MeasureAsync($"2020-01-01T00:00:{second}Z", $"{second}");
        }

        var first = await server.ListAsync($"source={server.Device.Id}&pageSize=4");
        await server.MeasureAsync("2020-01-01T00:00:00Z", "0");
        var second2 = await server.ListAsync($"source={server.Device.Id}&pageSize=4&currentPage=2");

        Assert.Contains("\"value\":13,", first[^1]);
        Assert.Contains("\"value\":14,", second2[0]);
    }

    [Fact]
    public async Task A_page_past_the_end_is_empty_and_page_links_are_those_of_the_reference()
    {
        await using var server = await DataServer.StartAsync();
        await server.MeasureAsync("2020-01-01", "1");

        var answer = await server.GetAsync($"/measurement/measurements?source={server.Device.Id}&currentPage=9&withTotalPages=true");

        Assert.Empty(answer.Json["measurements"]!.AsArray());
        Assert.Null(answer.Json["next"]);
        Assert.EndsWith("pageSize=5&currentPage=8", (string)answer.Json["prev"]!);
        Assert.Equal("""{"totalPages":1,"pageSize":5,"currentPage":9}""", answer.Json["statistics"]!.ToJsonString());
    }

    [Fact]
    public async Task As_a_file_every_value_is_a_row_quoted_where_it_must_be()
    {
        await using var server = await DataServer.StartAsync();
        await server.MeasureAsync("2020-01-01T00:00:00.5Z", "1.50", unit: "a\\\"b");
        await server.MeasureAsync("2020-01-02", "37", series: "U", unit: null);

        var answer = await server.GetAsync($"/measurement/measurements?source={server.Device.Id}", ("Accept", "text/csv"));

        Assert.Equal((200, "text/csv"), (answer.Status, answer.Type));
        Assert.Equal(
            "time,source,device_name,fragment.series,value,unit\r\n"
                + $"2020-01-01T00:00:00.500Z,{server.Device.Id},\"dev, one\",c8y_Steam.T,1.50,\"a\"\"b\"\r\n"
                + $"2020-01-02T00:00:00.000Z,{server.Device.Id},\"dev, one\",c8y_Steam.U,37,\r\n",
            answer.Text
        );
    }

    [Fact]
    public async Task As_a_stream_all_come_without_pages_unless_one_is_asked_for()
    {
        await using var server = await DataServer.StartAsync();
        for (var second = 10; second < 22; second++)
        {
            await server.MeasureAsync($"2020-01-01T00:00:{second}Z", $"{second}");
        }

        var all = await server.GetAsync($"/measurement/measurements?source={server.Device.Id}", ("Accept", "application/json-stream"));
        var page = await server.GetAsync($"/measurement/measurements?pageSize=3&currentPage=2", ("Accept", "application/json-stream"));
        var none = await server.GetAsync($"/measurement/measurements", ("Accept", "application/xlsx"));

        Assert.Equal(("application/json-stream", 12), (all.Type, all.Json["measurements"]!.AsArray().Count));
        Assert.Equal([13, 14, 15], page.Json["measurements"]!.AsArray().Select(one => (int)one!["c8y_Steam"]!["T"]!["value"]!));
        Assert.Equal(406, none.Status);
    }

    [Fact]
    public async Task Units_are_converted_where_somebody_asks()
    {
        await using var server = await DataServer.StartAsync();
        await server.MeasureAsync("2020-01-01", "100");
        await server.MeasureAsync("2020-01-02", "3.048", unit: "m");
        await server.MeasureAsync("2020-01-03", "7", unit: "V");
        var imperial = ("X-Cumulocity-System-Of-Units", "imperial");

        Assert.Equal(
            [
                """c8y_Steam {"c8y_Steam":{"T":{"value":212,"unit":"F"}}}""",
                """c8y_Steam {"c8y_Steam":{"T":{"value":10,"unit":"ft"}}}""",
                """c8y_Steam {"c8y_Steam":{"T":{"value":7,"unit":"V"}}}""",
            ],
            await server.ListAsync($"source={server.Device.Id}", imperial)
        );
        Assert.Contains(
            "\"value\":100",
            (await server.ListAsync($"source={server.Device.Id}", ("X-Cumulocity-System-Of-Units", "metric")))[0]
        );
        Assert.Equal(422, (await server.GetAsync("/measurement/measurements", ("X-Cumulocity-System-Of-Units", "old"))).Status);
    }

    private static async Task<List<string>> WalkAsync(DataServer server, string query)
    {
        var (ids, page) = (new List<string>(), (JsonNode?)null);
        var next = $"/measurement/measurements?{query}";
        while (next is not null)
        {
            page = (await server.GetAsync(next)).Json;
            ids.AddRange(page["measurements"]!.AsArray().Select(one => (string)one!["id"]!));
            next = (string?)page["next"];
        }

        Cancellation.ThrowIfCancellationRequested();
        return ids;
    }
}
