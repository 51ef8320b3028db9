using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Measurements;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Data;

public sealed class SeriesTests
{
    private const string Path = "/measurement/measurements/series";
    private const string Range = "dateFrom=2020-01-01&dateTo=2020-02-01";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_stand_beside_one_another_padded_with_null()
    {
        await using var server = await FilledAsync();

        var answer = await server.GetAsync($"{Path}?source={server.Device.Id}&{Range}");

        Assert.Equal(
            """{"values":{"2020-01-01T00:00:00.000Z":[{"min":1.0,"max":1.0},null],"2020-01-01T00:30:00.000Z":[{"min":2.5,"max":2.5},{"min":9007199254740993,"max":9007199254740993}],"2020-01-01T01:00:00.000Z":[{"min":4.0,"max":4.0},null]},"series":[{"unit":"C","name":"T","type":"c8y_Steam"},{"unit":"","name":"Count","type":"c8y_Water"}],"truncated":false}""",
            answer.Text
        );
    }

    [Theory]
    [InlineData(
        "series=c8y_Water.Count",
        """{"values":{"2020-01-01T00:30:00.000Z":[{"min":9007199254740993,"max":9007199254740993}]},"series":[{"unit":"","name":"Count","type":"c8y_Water"}],"truncated":false}"""
    )]
    [InlineData(
        "series=c8y_Water.Count,c8y_Steam.T",
        """{"values":{"2020-01-01T00:00:00.000Z":[null,{"min":1.0,"max":1.0}],"2020-01-01T00:30:00.000Z":[{"min":9007199254740993,"max":9007199254740993},{"min":2.5,"max":2.5}],"2020-01-01T01:00:00.000Z":[null,{"min":4.0,"max":4.0}]},"series":[{"unit":"","name":"Count","type":"c8y_Water"},{"unit":"C","name":"T","type":"c8y_Steam"}],"truncated":false}"""
    )]
    [InlineData("series=none.none", """{"values":{},"series":[],"truncated":false}""")]
    [InlineData(
        "series=c8y_Steam.T&dateTo=2019-01-01&x",
        """{"values":{"2020-01-01T01:00:00.000Z":[{"min":4.0,"max":4.0}],"2020-01-01T00:30:00.000Z":[{"min":2.5,"max":2.5}],"2020-01-01T00:00:00.000Z":[{"min":1.0,"max":1.0}]},"series":[{"unit":"C","name":"T","type":"c8y_Steam"}],"truncated":false}"""
    )]
    public async Task Series_are_chosen_by_name(string query, string expected)
    {
        await using var server = await FilledAsync();
        var revert = query.EndsWith("&x", StringComparison.Ordinal) ? "&revert=true" : "";

        var answer = await server.GetAsync($"{Path}?source={server.Device.Id}&{Range}{revert}&{query.Split('&')[0]}");

        Assert.Equal(expected, answer.Text);
    }

    [Theory]
    [InlineData(
        "aggregationType=HOURLY",
        """[["2020-01-01T00:00:00.000Z",{"min":1.0,"max":2.5}],["2020-01-01T01:00:00.000Z",{"min":4.0,"max":4.0}]]"""
    )]
    [InlineData("aggregationType=daily&revert=true", """[["2020-01-01T00:00:00.000Z",{"min":1.0,"max":4.0}]]""")]
    [InlineData(
        "aggregationType=DAILY&aggregationInterval=1h",
        """[["2020-01-01T00:00:00.000Z",{"min":1.0,"max":2.5}],["2020-01-01T01:00:00.000Z",{"min":4.0,"max":4.0}]]"""
    )]
    [InlineData(
        "aggregationInterval=1d&aggregationFunction=sum&aggregationFunction=avg&aggregationFunction=count",
        """[["2020-01-01T00:00:00.000Z",{"sum":7.5,"avg":2.5,"count":3.0}]]"""
    )]
    [InlineData(
        "aggregationInterval=1d&aggregationFunction=stdDevPop&aggregationFunction=stdDevSamp",
        """[["2020-01-01T00:00:00.000Z",{"stdDevPop":1.224744871391589,"stdDevSamp":1.5}]]"""
    )]
    public async Task Values_are_aggregated_over_intervals(string query, string expected)
    {
        await using var server = await FilledAsync();

        foreach (var sealedBlocks in new[] { false, true })
        {
            if (sealedBlocks)
            {
                await server.Cloud.Series.CompactAsync(TestCloud.Tenant, Tenant.DeviceDatabase, Cancellation);
            }

            var answer = await server.GetAsync($"{Path}?source={server.Device.Id}&{Range}&series=c8y_Steam.T&{query}");

            var values = answer.Json["values"]!.AsObject().Select(pair => new JsonArray(pair.Key, pair.Value![0]!.DeepClone()));
            Assert.Equal(expected, new JsonArray([.. values]).ToJsonString());
        }
    }

    [Fact]
    public async Task Sums_and_deviations_are_converted_as_their_values_are()
    {
        await using var server = await FilledAsync();

        var answer = await server.GetAsync(
            $"{Path}?source={server.Device.Id}&{Range}&series=c8y_Steam.T&aggregationInterval=1d&aggregationFunction=min,sum,count,stdDevSamp",
            ("X-Cumulocity-System-Of-Units", "imperial")
        );

        Assert.Equal(
            """[{"min":33.8,"sum":109.5,"count":3.0,"stdDevSamp":2.7}]""",
            answer.Json["values"]!["2020-01-01T00:00:00.000Z"]!.ToJsonString()
        );
        Assert.Equal("F", (string)answer.Json["series"]![0]!["unit"]!);
    }

    [Theory]
    [InlineData("", "2020-01-01T00:00:00.000Z 2020-01-01T00:30:00.000Z")]
    [InlineData("&revert=true", "2020-01-01T01:00:00.000Z 2020-01-01T00:30:00.000Z")]
    [InlineData("&aggregationInterval=30m", "2020-01-01T00:00:00.000Z 2020-01-01T00:30:00.000Z")]
    public async Task What_is_beyond_the_limit_is_cut_off_and_told(string query, string times)
    {
        await using var server = await FilledAsync(new TenantSettings { Cumulocity = new CumulocitySettings(MaxSeriesValues: 2) });

        var answer = await server.GetAsync($"{Path}?source={server.Device.Id}&{Range}{query}");

        Assert.True((bool)answer.Json["truncated"]!);
        Assert.Equal(times, string.Join(' ', answer.Json["values"]!.AsObject().Select(pair => pair.Key)));
    }

    [Theory]
    [InlineData("dateFrom=2020-01-01&dateTo=2020-01-02", 422, "Following mandatory fields should be included: source")]
    [InlineData("source=DEV", 422, "Following mandatory fields should be included: dateFrom,dateTo")]
    [InlineData("source=99&RANGE", 404, "Finding device data from database failed : No managedObject for id '99'!")]
    [InlineData("source=../x&RANGE", 404, "Finding device data from database failed : No managedObject for id '../x'!")]
    [InlineData("source=DEV&dateFrom=x&dateTo=2020-01-01", 422, "dateFrom is a time such as 2020-03-19T12:03:27.845Z, or a date.")]
    [InlineData("source=DEV&RANGE&aggregationFunction=min", 400, "aggregationFunction goes with aggregationInterval only.")]
    [InlineData(
        "source=DEV&RANGE&aggregationFunction=median&aggregationInterval=1d",
        422,
        "aggregationFunction is one of min, max, avg, sum, count, stdDevPop, stdDevSamp, and not 'median'."
    )]
    [InlineData(
        "source=DEV&RANGE&aggregationInterval=0d",
        422,
        "aggregationInterval is a number from 1 to 999 and one of s, m, h, d, w, M, q and y, such as 25m."
    )]
    [InlineData(
        "source=DEV&RANGE&aggregationInterval=1000s",
        422,
        "aggregationInterval is a number from 1 to 999 and one of s, m, h, d, w, M, q and y, such as 25m."
    )]
    [InlineData("source=DEV&RANGE&aggregationType=WEEKLY", 422, "aggregationType is DAILY, HOURLY or MINUTELY.")]
    public async Task What_is_missing_or_wrong_is_named(string query, int status, string message)
    {
        await using var server = await DataServer.StartAsync();

        var answer = await server.GetAsync($"{Path}?{query.Replace("DEV", server.Device.Id).Replace("RANGE", Range)}");

        Assert.Equal((status, message), (answer.Status, answer.Message));
    }

    [Theory]
    [InlineData("1s", "2020-02-29T23:59:59", "2020-03-01T00:00:00")]
    [InlineData("25m", "2020-02-29T23:35:00", "2020-03-01T00:00:00")]
    [InlineData("12h", "2020-02-29T12:00:00", "2020-03-01T00:00:00")]
    [InlineData("1w", "2020-02-24T00:00:00", "2020-03-02T00:00:00")]
    [InlineData("1M", "2020-02-01T00:00:00", "2020-03-01T00:00:00")]
    [InlineData("1q", "2020-01-01T00:00:00", "2020-04-01T00:00:00")]
    [InlineData("3y", "2018-01-01T00:00:00", "2021-01-01T00:00:00")]
    [InlineData("999y", "2000-01-01T00:00:00", "2999-01-01T00:00:00")]
    public void Intervals_follow_one_another_from_the_year_2000(string text, string start, string end)
    {
        var time = new DateTimeOffset(2020, 2, 29, 23, 59, 59, 999, TimeSpan.Zero);

        var bucket = AggregationInterval.Find(text)!.BucketOf((time.UtcTicks - DateTime.UnixEpoch.Ticks) * 100);

        Assert.Equal(start, $"{bucket.Label:yyyy-MM-dd'T'HH:mm:ss}");
        Assert.InRange((time.UtcTicks - DateTime.UnixEpoch.Ticks) * 100, bucket.Start, bucket.End - 1);
        if (bucket.End < long.MaxValue)
        {
            Assert.Equal(end, $"{DateTime.UnixEpoch.AddTicks(bucket.End / 100):yyyy-MM-dd'T'HH:mm:ss}");
        }
    }

    [Theory]
    [InlineData("1677-12-31")]
    [InlineData("1999-12-31")]
    [InlineData("2000-01-01")]
    [InlineData("2261-12-31")]
    public void A_time_lies_in_its_interval_however_far_away(string day)
    {
        var date = DateTime.ParseExact(day, "yyyy-MM-dd", null);
        var time = (date - DateTime.UnixEpoch).Ticks * 100;
        foreach (var unit in "smhdwMqy")
        {
            foreach (var number in new[] { 1, 7, 999 })
            {
                var bucket = new AggregationInterval(number, unit).BucketOf(time);
                Assert.True(bucket.Start <= time && time < bucket.End, $"{number}{unit}");
            }
        }
    }

    private static async Task<DataServer> FilledAsync(TenantSettings? settings = null)
    {
        var server = await DataServer.StartAsync(settings);
        await server.MeasureAsync("2020-01-01T00:00:00Z", "1");
        await server.MeasureAsync("2020-01-01T00:30:00Z", "2.5");
        await server.MeasureAsync("2020-01-01T00:30:00Z", "9007199254740993", fragment: "c8y_Water", series: "Count", unit: null);
        await server.MeasureAsync("2020-01-01T01:00:00Z", "4");
        await server.MeasureAsync("2020-03-01T00:00:00Z", "99", fragment: "later");
        return server;
    }
}
