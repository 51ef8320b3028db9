namespace Serverless.InfluxQL.Tests.Planning;

public sealed class TimeRangeTests
{
    private const long MinTime = -9223372036854775806;
    private const long MaxTime = 9223372036854775806;
    private const long Day = 86_400_000_000_000;

    public static readonly TheoryData<string, long, long> Conditions = new()
    {
        { "v = 1", MinTime, MaxTime },
        { "time > 5", 6, MaxTime },
        { "time >= 5", 5, MaxTime },
        { "time < 5", MinTime, 4 },
        { "time <= 5", MinTime, 5 },
        { "time = 5", 5, 5 },
        { "5 < time", 6, MaxTime },
        { "5 >= TIME", MinTime, 5 },
        { "time > 5 AND time > 7 AND time < 100 AND time < 50", 8, 49 },
        { "time = 5 OR time = 7", 7, 5 },
        { "(time >= 5 AND v = 1) OR i = 2", 5, MaxTime },
        { "time >= 1s", 1_000_000_000, MaxTime },
        { "time >= 1.9", 1, MaxTime },
        { "time >= now()", MemorySources.Now, MaxTime },
        { "time >= now() - 1d", MemorySources.Now - Day, MaxTime },
        { "time >= now() - 2 * 5", MemorySources.Now - 10, MaxTime },
        { "time >= 1d * 2", 2 * Day, MaxTime },
        { "time >= '1970-01-02'", Day, MaxTime },
        { "time >= '1970-01-02' + 1d", 2 * Day, MaxTime },
        { "time >= '1970-01-02 00:00:00.000000001'", Day + 1, MaxTime },
        { "time >= '1970-01-02T01:00:00+01:00'", Day, MaxTime },
        { "time >= '1970-01-02' tz('Asia/Tokyo')", Day - (9 * 3_600_000_000_000), MaxTime },
        { "time > 9223372036854775807", long.MinValue, MaxTime },
        { "time > '2262-04-11T23:47:16.854775806Z'", long.MaxValue, MaxTime },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task Conditions_on_time_are_a_range(string condition, long start, long end)
    {
        var plan = await MemorySources.PlanAsync($"SELECT v FROM m WHERE {condition}");
        Assert.Equal((start, end), (plan.Options.Start, plan.Options.End));
    }

    [Theory]
    [InlineData("time > 5", null)]
    [InlineData("time > 5 AND v > 1", "v::float > 1")]
    [InlineData("(v > 1 AND time > 5)", "v::float > 1")]
    [InlineData("(v > 1 OR i = 2) AND time > 5", "v::float > 1 OR i::integer = 2")]
    [InlineData("v > 1 OR time > 5", "v::float > 1")]
    [InlineData("true", null)]
    [InlineData("v > 1 AND true", "v::float > 1")]
    [InlineData("v > 1 AND false", "false")]
    [InlineData("v > 1 + 2 * 3", "v::float > 7")]
    [InlineData("host = 'a' AND x = 1", "host::tag = 'a' AND x = 1")]
    [InlineData("1 = 2 OR s =~ /x/", "s::string =~ /x/")]
    public async Task What_is_left_of_the_condition_is_folded_and_has_types(string condition, string? rest) =>
        Assert.Equal(rest, (await MemorySources.PlanAsync($"SELECT v FROM m WHERE {condition}")).Condition?.ToString());

    [Fact]
    public async Task Windows_without_an_end_end_now() =>
        Assert.Equal(MemorySources.Now, (await MemorySources.PlanAsync("SELECT mean(v) FROM m GROUP BY time(1m)")).Options.End);

    [Theory]
    [InlineData("time(1m)", 60_000_000_000, 0)]
    [InlineData("time(1m, 10s)", 60_000_000_000, 10_000_000_000)]
    [InlineData("time(1m, 70s)", 60_000_000_000, 10_000_000_000)]
    [InlineData("time(1m, -10s)", 60_000_000_000, -10_000_000_000)]
    [InlineData("time(1d, now())", Day, MemorySources.Now % Day)]
    [InlineData("time(30s + 30s)", 60_000_000_000, 0)]
    public async Task Windows_have_a_length_and_an_offset(string dimension, long interval, long offset)
    {
        var plan = await MemorySources.PlanAsync($"SELECT mean(v) FROM m WHERE time > 0 AND time < 1h GROUP BY {dimension}");
        Assert.Equal((interval, offset), (plan.Options.Interval, plan.Options.Offset));
    }
}
