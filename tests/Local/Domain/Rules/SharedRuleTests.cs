using Serverless.Domain.Alarms;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Domain.Series;
using Serverless.Local.Tests.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Rules;

/// <summary>Rules whose values come to several instances, or to one that has only just started.</summary>
public sealed class SharedRuleTests
{
    private const string Tenant = TestCloud.Tenant;

    private static readonly RuleChange Hot = new()
    {
        Name = "hot",
        Measurement = "temp",
        Condition = new RuleCondition { Operator = RuleOperator.Greater, Threshold = 20 },
        Alarm = new RuleAlarm("hot", AlarmSeverity.Major),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_late_value_is_passed_over_by_every_instance()
    {
        await using var cloud = await StartAsync();
        await SendAsync(cloud.One, cloud, (1, 10), (10, 10));

        await SendAsync(cloud.Instance(), cloud, (5, 30));
        Assert.Equal("", cloud.Words());

        await SendAsync(cloud.Instance(), cloud, (11, 30));
        await SendAsync(cloud.One, cloud, (20, 31));
        await SendAsync(cloud.Instance(), cloud, (15, 10));
        Assert.Equal("crossed", cloud.Words());
    }

    [Fact]
    public async Task A_late_value_under_a_path_is_passed_over_also_where_another_element_was_the_newer()
    {
        await using var cloud = await StartAsync(Hot with { Path = "data:value", Measurement = "data", Field = "value" });
        await cloud.IngestAsync(
            Message(cloud, 1, """{"data":[{"value":10},{"value":11}]}"""),
            Message(cloud, 10, """{"data":[{"x":1},{"value":12}]}""")
        );

        await cloud.Instance().Pipeline.IngestAsync([Message(cloud, 5, """{"data":[{"value":30}]}""")], Cancellation);
        Assert.Equal("", cloud.Words());
        await cloud.Instance().Pipeline.IngestAsync([Message(cloud, 11, """{"data":[{"value":30}]}""")], Cancellation);
        Assert.Equal("crossed", cloud.Words());
    }

    [Fact]
    public async Task A_value_of_a_clock_that_was_far_ahead_crosses_once_however_often_it_comes()
    {
        await using var cloud = await StartAsync();
        const int Years = 40 * 365 * 86_400;
        await SendAsync(cloud.One, cloud, (Years, 30));
        await SendAsync(cloud.One, cloud, (1, 10));

        await SendAsync(cloud.One, cloud, (Years, 30));
        await SendAsync(cloud.Instance(), cloud, (Years, 30));

        Assert.Equal("crossed cleared", cloud.Words());
    }

    [Fact]
    public async Task What_was_stored_before_its_process_died_and_comes_again_in_parts_crosses_once()
    {
        await using var cloud = await StartAsync();
        var dying = cloud.Instance(new DyingSeries(cloud.Series, isWritten: true));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SendAsync(dying, cloud, (1, 30), (2, 10), (3, 30)));

        var next = cloud.Instance();
        await SendAsync(next, cloud, (1, 30));
        await SendAsync(next, cloud, (2, 10), (3, 30));

        Assert.Equal("crossed cleared crossed", cloud.Words());
        Assert.Single(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task What_its_process_has_decided_and_not_stored_crosses_once()
    {
        await using var cloud = await StartAsync();
        var dying = cloud.Instance(new DyingSeries(cloud.Series, isWritten: false));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SendAsync(dying, cloud, (1, 30), (2, 10)));

        await SendAsync(cloud.Instance(), cloud, (1, 30), (2, 10));

        Assert.Equal("crossed cleared", cloud.Words());
    }

    [Fact]
    public async Task Points_that_the_series_refuse_cross_nothing()
    {
        await using var cloud = await StartAsync(Hot with { Measurement = "m", Field = "f" });
        var device = await cloud.AddDeviceAsync("other");
        var tags = TagSet.Of("uuid", device.Uuid.ToString());
        Point[] points =
        [
            new Point("m", tags, "f", 1, FieldValue.Of(30.0)),
            new Point("m", tags, "text", 1, FieldValue.Of(string.Concat(Enumerable.Range(0, 400_000).Select(i => $"{i:x}")))),
        ];

        await Assert.ThrowsAsync<ArgumentException>(() =>
            cloud.One.Pipeline.WriteAsync(Tenant, points, cloud.Time.GetUtcNow(), Cancellation)
        );

        await cloud.One.RuleEngine.ResumeAsync(Tenant, Cancellation);
        Assert.Equal("", cloud.Words());
    }

    [Fact]
    public async Task A_value_that_is_stored_while_another_instance_decides_ends_what_that_one_began()
    {
        await using var cloud = await StartAsync();
        var slow = new HeldSeries(cloud.Series);
        var newer = SendAsync(cloud.Instance(slow), cloud, (10, 10));
        await slow.Reached;

        await SendAsync(cloud.One, cloud, (5, 30));
        Assert.Equal("crossed", cloud.Words());
        slow.Release();
        await newer;

        Assert.Equal("crossed cleared", cloud.Words());
        Assert.Empty(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_value_that_another_instance_has_stored_while_a_crossing_was_decided_ends_it()
    {
        await using var cloud = await StartAsync();
        var other = cloud.Instance();
        cloud.Store.OnceBefore(Kinds.RuleState, () => SendAsync(other, cloud, (10, 10)));

        await SendAsync(cloud.One, cloud, (5, 30));

        Assert.Equal("crossed cleared", cloud.Words());
        Assert.Empty(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
    }

    private static async Task<TestCloud> StartAsync(RuleChange? rule = null)
    {
        var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, rule ?? Hot, Cancellation);
        return cloud;
    }

    /// <summary>A message of the device d that says when it was measured, in seconds from the clock's start.</summary>
    private static Serverless.Domain.Telemetry.DeviceMessage Message(TestCloud cloud, double second, string body) =>
        cloud.Message("d", body, second);

    private static Task SendAsync(CloudInstance instance, TestCloud cloud, params (double Second, int Value)[] values) =>
        instance.Pipeline.IngestAsync(
            [.. values.Select(value => Message(cloud, value.Second, $$"""{"temp":{{value.Value}}}"""))],
            Cancellation
        );

    /// <summary>A store whose process dies while it writes: before or after that is done.</summary>
    private sealed class DyingSeries(ISeriesWriter inner, bool isWritten) : ISeriesWriter
    {
        public Func<CancellationToken, Task> Prepare(string tenant, string database, IReadOnlyList<Point> points)
        {
            var write = inner.Prepare(tenant, database, points);
            return async cancellation =>
            {
                if (isWritten)
                {
                    await write(cancellation);
                }

                throw new StoreUnavailableException("The process is gone.");
            };
        }
    }

    /// <summary>A store that waits before it writes.</summary>
    private sealed class HeldSeries(ISeriesWriter inner) : ISeriesWriter
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => reached.Task;

        public void Release() => released.SetResult();

        public Func<CancellationToken, Task> Prepare(string tenant, string database, IReadOnlyList<Point> points)
        {
            var write = inner.Prepare(tenant, database, points);
            return async cancellation =>
            {
                reached.TrySetResult();
                await released.Task.WaitAsync(cancellation);
                await write(cancellation);
            };
        }
    }
}
