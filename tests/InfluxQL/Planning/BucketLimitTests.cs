using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Tests.Planning;

public sealed class BucketLimitTests
{
    [Theory]
    [InlineData("SELECT mean(v) FROM m WHERE time >= 10s AND time < 20s GROUP BY time(1s)", 10)]
    [InlineData("SELECT mean(v) FROM m WHERE time >= 9500ms AND time < 20s GROUP BY time(1s)", 11)]
    [InlineData("SELECT mean(v) FROM m WHERE time >= 10s AND time < 20s GROUP BY time(1s, 500ms)", 11)]
    [InlineData("SELECT mean(v) FROM m WHERE time < 21s GROUP BY time(1s)", 20)]
    [InlineData("SELECT max(x) FROM (SELECT mean(v) AS x FROM m GROUP BY time(1s)) WHERE time >= 10s AND time < 20s", 10)]
    public async Task Windows_are_counted(string query, int buckets)
    {
        await MemorySources.PlanAsync(query, buckets);
        var error = await Assert.ThrowsAsync<QueryException>(async () => await MemorySources.PlanAsync(query, buckets - 1));
        Assert.Equal($"max-select-buckets limit exceeded: ({buckets}/{buckets - 1})", error.Message);
    }

    [Theory]
    [InlineData("SELECT mean(v) FROM nothing GROUP BY time(1s)")]
    [InlineData("SELECT mean(v) FROM m WHERE time > 20s AND time < 10s GROUP BY time(1s)")]
    [InlineData("SELECT v FROM m")]
    public async Task What_has_no_windows_has_no_limit(string query) => Assert.NotNull(await MemorySources.PlanAsync(query, 1));
}
