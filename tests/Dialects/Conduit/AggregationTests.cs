using System.Text.Json.Nodes;
using Serverless.Dialects.Conduit.Reads;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>GET /conduitv7.</summary>
public sealed class AggregationTests
{
    // The clock stands at 2026-03-01T12:00:00Z, a Sunday.
    private const long Now = 1_772_366_400;

    [Theory]
    [InlineData("count", "0=4/4 1=1/1")]
    [InlineData("sum", "0=10/28 1=8/18")]
    [InlineData("avg", "0=2.5/7 1=8/18")]
    [InlineData("max", "0=5/12 1=8/18")]
    [InlineData("min", "0=1/4 1=8/18")]
    [InlineData("range", "0=4/8 1=0/0")]
    [InlineData("diff", "0=1/2 1=0/0")]
    [InlineData("cumulative", "0=10/28 1=18/46")]
    public async Task One_stage_aggregates_the_values_and_the_calibrated_values(string what, string expected)
    {
        await using var server = await FilledAsync();
        Assert.Equal(expected, await ReadAsync(server, $"timerange=86400&groupby=hour&aggregateby={what}"));
    }

    [Fact]
    public async Task Stages_follow_each_other()
    {
        await using var server = await FilledAsync();
        Assert.Equal(
            "0=5/12 1=8/18",
            await ReadAsync(server, "timerange=86400&pregroup1=minute&preaggregate1=sum&groupby=hour&aggregateby=max")
        );
        Assert.Equal(
            "-7=8/18",
            await ReadAsync(
                server,
                "timerange=86400&pregroup1=minute&preaggregate1=sum&pregroup2=hour&preaggregate2=max&pregroup3=day&preaggregate3=max&groupby=month&aggregateby=sum"
            )
        );
    }

    [Fact]
    public async Task Without_stages_they_are_the_records_of_version_6()
    {
        await using var server = await FilledAsync();
        var (six, seven) = (
            await server.GetAsync("/conduitv6?fcdt=0&tcdt=1772366400"),
            await server.GetAsync("/conduitv7?fcdt=0&tcdt=1772366400")
        );
        Assert.Equal((200, six.Body), (seven.Status, seven.Body));
        Assert.Equal("304", (await server.GetAsync("/conduitv7?id=A1&ch=2")).ToString());
    }

    [Theory]
    [InlineData("timerange=3600", 0)]
    [InlineData("timerange=86400", 5)]
    [InlineData("timerange=86400&fcdt=0&tcdt=1", 5)]
    [InlineData("timerange=7&fcdt=1772348400&tcdt=1772349000", 3)]
    [InlineData("timerange=3601", 0)]
    [InlineData("timerange=604800&siteid=City", 0)]
    public async Task A_good_timerange_wins(string query, int count)
    {
        await using var server = await FilledAsync();
        var reply = await server.GetAsync($"/conduitv7?{query}");
        Assert.Equal(count == 0 ? 304 : 200, reply.Status);
        Assert.Equal(count, count == 0 ? 0 : JsonNode.Parse(reply.Body)!.AsArray().Count);
    }

    [Fact]
    public async Task A_site_selects_its_devices()
    {
        await using var server = await FilledAsync();
        var change = new StringContent("""{"dev_site":"City"}""", null, "application/json");
        Assert.Equal(200, (await server.SendAsync("PUT", "/conduitv6?id=A1", change)).Status);
        Assert.Equal(200, (await server.GetAsync("/conduitv7?timerange=604800&siteid=City")).Status);
    }

    [Theory]
    [InlineData("groupby=hour", "aggregateby is one of count, sum, avg, max, min, range, diff, cumulative.")]
    [InlineData("aggregateby=sum", "groupby is one of minute, hour, day, week, month, year.")]
    [InlineData("groupby=decade&aggregateby=sum", "groupby is one of minute, hour, day, week, month, year.")]
    [InlineData("groupby=1&aggregateby=sum", "groupby is one of minute, hour, day, week, month, year.")]
    [InlineData("pregroup1=hour&preaggregate1=sum", "An aggregation ends with groupby and aggregateby.")]
    [InlineData("pregroup1=year&preaggregate1=sum&groupby=year&aggregateby=sum", "pregroup1 is one of minute, hour, day, week, month.")]
    [InlineData(
        "pregroup1=hour&preaggregate1=diff&groupby=year&aggregateby=sum",
        "preaggregate1 is one of count, sum, avg, max, min, range."
    )]
    [InlineData("pregroup1=day&preaggregate1=sum&groupby=hour&aggregateby=sum", "No stage has shorter groups than the one before.")]
    public async Task A_wrong_stage_is_400(string query, string error)
    {
        await using var server = await ConduitServer.StartAsync();
        Assert.Equal(
            $$"""400 {"code":"400","error":"Bad Request: {{error}}"}""",
            (await server.GetAsync($"/conduitv7?{query}")).ToString()
        );
    }

    [Theory]
    [InlineData(nameof(Grouping.Minute), "UTC", "2026-03-01T12:34:56Z", "2026-03-01T12:34:00Z")]
    [InlineData(nameof(Grouping.Hour), "Asia/Kolkata", "2026-03-01T12:34:56Z", "2026-03-01T12:30:00Z")]
    [InlineData(nameof(Grouping.Day), "Asia/Tokyo", "2026-03-01T14:59:59Z", "2026-02-28T15:00:00Z")]
    [InlineData(nameof(Grouping.Day), "Asia/Tokyo", "2026-03-01T15:00:00Z", "2026-03-01T15:00:00Z")]
    [InlineData(nameof(Grouping.Week), "UTC", "2026-03-01T12:00:00Z", "2026-02-23T00:00:00Z")]
    [InlineData(nameof(Grouping.Week), "UTC", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z")]
    [InlineData(nameof(Grouping.Month), "Europe/Berlin", "2026-04-15T00:00:00Z", "2026-03-31T22:00:00Z")]
    [InlineData(nameof(Grouping.Year), "Europe/Berlin", "2026-07-01T00:00:00Z", "2025-12-31T23:00:00Z")]
    [InlineData(nameof(Grouping.Hour), "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z")]
    [InlineData(nameof(Grouping.Hour), "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z")]
    [InlineData(nameof(Grouping.Day), "America/Havana", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z")]
    [InlineData(nameof(Grouping.Day), "America/Havana", "2026-03-09T12:00:00Z", "2026-03-09T04:00:00Z")]
    [InlineData(nameof(Grouping.Day), "America/Havana", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z")]
    [InlineData(nameof(Grouping.Minute), "UTC", "1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:00Z")]
    public void Groups_are_those_of_the_tenants_calendar(string by, string zone, string time, string start)
    {
        var bounds = new GroupBounds(Enum.Parse<Grouping>(by), TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal(Nanoseconds(start), bounds.StartOf(Nanoseconds(time)));
        Assert.Equal(Nanoseconds(start), bounds.StartOf(Nanoseconds(start)));
        Assert.NotEqual(Nanoseconds(start), bounds.StartOf(Nanoseconds(start) - 1));
    }

    [Fact]
    public async Task A_tenants_days_are_its_own()
    {
        await using var server = await FilledAsync();
        await server.Cloud.One.Tenants.UpdateAsync(
            TestCloud.Tenant,
            tenant => tenant with { TimeZone = "Asia/Tokyo" },
            null,
            ConduitServer.Cancellation
        );
        await server.AddInstanceAsync();
        var reply = await server.GetAsync("/conduitv7?timerange=86400&groupby=day&aggregateby=count", instance: 1);
        // 15:00Z of the day before is midnight in Tokyo.
        Assert.Equal(Now - (21 * 3600), (long)JsonNode.Parse(reply.Body)!.AsArray().Single()!["val_date"]!);
    }

    [Fact]
    public async Task Records_beyond_the_vendors_limit_are_413()
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync("A1", new Channel(1, "a", "value"));
        var tags = TagSet.Of("uuid", device.Uuid.ToString());
        for (var batch = 0; batch < 11; batch++)
        {
            var points = Enumerable
                .Range(batch * 10_000, 10_000)
                .Select(i => new Point("a", tags, "value", i * 1_000_000_000L, FieldValue.Of((double)i)));
            await server.Cloud.Series.WriteAsync(TestCloud.Tenant, Tenant.DeviceDatabase, [.. points], ConduitServer.Cancellation);
        }

        Assert.Equal(
            """413 {"code":"413","error":"Request Too Large: The answer has more than 105120 records: ask for less."}""",
            (await server.GetAsync("/conduitv7?fcdt=0&tcdt=200000")).ToString()
        );
        var days = await server.GetAsync("/conduitv7?fcdt=0&tcdt=200000&groupby=day&aggregateby=count");
        Assert.Equal([86_400, 23_600], JsonNode.Parse(days.Body)!.AsArray().Select(record => (int)record!["val_raw"]!));
    }

    [Fact]
    public void A_stage_that_is_not_whole_is_refused_by_its_name()
    {
        var refused = Assert.Throws<DomainException>(() => Stage.Read(name => name == "preaggregate2" ? "sum" : null));
        Assert.Equal("pregroup2", refused.Member);
    }

    private static long Nanoseconds(string time) => (DateTimeOffset.Parse(time).UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    /// <summary>Channel 1 has 1, 2, 5 and 2 in the hour that began 5 hours ago, and 8 in the next; calibrated they are twice that and 2 more.</summary>
    private static async Task<ConduitServer> FilledAsync()
    {
        var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync("A1", new Channel(1, "a", "value") { Calibration = 2, Offset = 2 });
        foreach (var (seconds, value) in new (double, double)[] { (0, 1), (60, 2), (600.5, 5), (3599, 2), (3600, 8) })
        {
            await server.WriteAsync(device, "a", Now - (5 * 3600) + seconds, FieldValue.Of(value));
        }

        return server;
    }

    /// <summary>Records as hours since the first: value/calibrated value.</summary>
    private static async Task<string> ReadAsync(ConduitServer server, string query)
    {
        var reply = await server.GetAsync($"/conduitv7?{query}");
        Assert.True(reply.Status == 200, reply.ToString());
        var records = JsonNode.Parse(reply.Body)!.AsArray();
        return string.Join(' ', records.Select(r => $"{(((long)r!["val_date"]! - Now) / 3600) + 5}={r["val_raw"]}/{r["val_calibrated"]}"));
    }
}
