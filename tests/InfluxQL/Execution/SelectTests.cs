using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Tests.Execution;

public sealed class SelectTests
{
    [Theory]
    [MemberData(nameof(Answers.Table), MemberType = typeof(Answers))]
    public async Task Answers_are_those_of_InfluxDB_for_points_that_are_not_yet_sealed(string query, string answer)
    {
        await using var series = new SeriesFixture();
        await series.WriteAsync(Answers.Lines);

        Assert.Equal(answer, await series.QueryAsync(query));
    }

    [Theory]
    [MemberData(nameof(Answers.Table), MemberType = typeof(Answers))]
    public async Task Answers_are_those_of_InfluxDB_for_sealed_points(string query, string answer)
    {
        await using var series = new SeriesFixture();
        await series.WriteAsync(Answers.Lines);
        await series.Store.CompactAsync("t", "p", default);

        Assert.Equal(answer, await series.QueryAsync(query));
    }

    [Fact]
    public async Task More_series_than_allowed_are_an_error()
    {
        await using var series = new SeriesFixture { Limits = new QueryLimits { Series = 2 } };
        await series.WriteAsync(Answers.Lines);

        var error = await Assert.ThrowsAsync<QueryException>(() => series.QueryAsync("SELECT v FROM m"));
        Assert.Equal("max-select-series limit exceeded: (3/2)", error.Message);
        Assert.NotEmpty(await series.QueryAsync("SELECT v FROM m WHERE h != 'a'"));
    }

    [Fact]
    public async Task More_points_than_allowed_are_an_error()
    {
        await using var series = new SeriesFixture { Limits = new QueryLimits { Points = 10 } };
        await series.WriteAsync(Answers.Lines);

        var error = await Assert.ThrowsAsync<QueryException>(() => series.QueryAsync("SELECT v FROM m"));
        Assert.StartsWith("max-select-point limit exceeed: (", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("count", "")]
    [InlineData("count", "ORDER BY time DESC")]
    [InlineData("median", "")]
    [InlineData("median", "ORDER BY time DESC")]
    public async Task Windows_reach_to_the_ends_of_time(string function, string order)
    {
        await using var fixture = new SeriesFixture();
        await fixture.WriteAsync(
            """
            e v=2 -9223372036854775806
            e v=2 -9223372036854775000
            e v=1 0
            e v=2 9223372036854775000
            e v=2 9223372036854775806
            """
        );
        foreach (var fill in new[] { "fill(none)", "fill(0)" })
        {
            var rest = $"GROUP BY time(2000000h) {fill} {order}";
            var past = await fixture.QueryAsync($"SELECT {function}(v) FROM e WHERE time <= 1 {rest}");
            var future = await fixture.QueryAsync($"SELECT {function}(v) FROM e WHERE time >= 1 AND time <= 9223372036854775806 {rest}");
            Assert.Equal($"e time,{function}: " + (order.Length == 0 ? "(0,2) (0,1)" : "(0,1) (0,2)"), past);
            var nothing = fill == "fill(0)" ? "(0,0)" : "";
            Assert.Equal(
                $"e time,{function}: " + (order.Length == 0 ? $"{nothing} (7200000000000,2)" : $"(7200000000000,2) {nothing}").Trim(),
                future
            );
        }
    }

    [Fact]
    public async Task A_cancelled_query_stops()
    {
        await using var series = new SeriesFixture();
        await series.WriteAsync(Answers.Lines);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => series.QueryAsync("SELECT v FROM m", new CancellationToken(true)));
    }

    [Theory]
    [InlineData("count")]
    [InlineData("sum")]
    [InlineData("mean")]
    [InlineData("min")]
    [InlineData("max")]
    [InlineData("spread")]
    [InlineData("first")]
    [InlineData("last")]
    public async Task The_short_way_of_an_aggregate_gives_what_the_long_way_gives(string function)
    {
        await using var series = new SeriesFixture();
        var random = new Random(3);
        var lines = Enumerable
            .Range(0, 3000)
            .Select(i => $"m,h={random.Next(4)} v={random.Next(-99, 99) / 4.0},one=1 {random.Next(100_000)}000000");
        await series.WriteAsync(string.Join('\n', lines));
        await series.Store.CompactAsync("t", "p", default);
        foreach (
            var rest in (string[])
                ["GROUP BY time(7s)", "GROUP BY time(300ms), h LIMIT 40", "GROUP BY h", "", "GROUP BY time(11s) ORDER BY time DESC LIMIT 3"]
        )
        {
            var shortWay = await series.QueryAsync($"SELECT {function}(v) FROM m WHERE time >= 3s AND time < 90s {rest}");
            var longWay = await series.QueryAsync($"SELECT {function}(v) FROM m WHERE time >= 3s AND time < 90s AND one = 1 {rest}");

            Assert.Equal(longWay, shortWay);
        }
    }
}
