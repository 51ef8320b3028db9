using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Local.Tests.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Rules;

public sealed class RuleEngineTests
{
    private const string Tenant = TestCloud.Tenant;

    private static readonly RuleChange Hot = new()
    {
        Name = "hot",
        Measurement = "temp",
        Condition = new RuleCondition
        {
            Operator = RuleOperator.Greater,
            Threshold = 20,
            Hysteresis = 2,
        },
        Alarm = new RuleAlarm("too hot", AlarmSeverity.Major),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crossing_raises_an_alarm_and_an_event_once_and_its_end_clears_it()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);

        await SendAsync(cloud, 19, 20, 21, 25, 19, 21);
        var alarm = Assert.Single(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation)).Value;
        Assert.Equal(("too hot", device.Id, 1), (alarm.Type, alarm.Device, alarm.Count));
        Assert.Equal(["serverless.threshold.crossed"], cloud.Thresholds().Select(told => told.Type));
        Assert.Equal((21.0, "devices/" + device.Id), ((double)cloud.Thresholds()[0].Data["value"]!, cloud.Thresholds()[0].Subject));

        // The same messages again, and later ones.
        await SendAsync(cloud, 19, 20, 21, 25, 19, 21, 18, 17, 30);

        Assert.Equal(["crossed", "cleared", "crossed"], cloud.Thresholds().Select(told => told.Type.Split('.')[^1]));
        Assert.Single(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
        var logged = await cloud.One.Changes.ReadAsync(Tenant, 0, 100, Cancellation);
        Assert.Equal(3, logged.Count(change => change.Kind == RuleEngine.ChangeKind));
    }

    [Theory]
    [InlineData(null, null, null, 2)]
    [InlineData("device", null, null, 1)]
    [InlineData(null, "pump", null, 1)]
    [InlineData(null, null, "cellar", 1)]
    [InlineData("device", "other", null, 0)]
    public async Task A_rule_watches_the_devices_in_its_scope(string? device, string? type, string? group, int crossings)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var first = await cloud.AddDeviceAsync("a", new NewDevice { Type = "pump", Group = "cellar" });
        await cloud.AddDeviceAsync("b");
        await cloud.One.Rules.CreateAsync(
            Tenant,
            Hot with
            {
                Scope = new RuleScope(device is null ? null : first.Id, group, type),
            },
            Cancellation
        );

        await cloud.IngestAsync(cloud.Message("a", """{"temp":30,"other":30}"""), cloud.Message("b", """{"temp":30}"""));

        Assert.Equal(crossings, cloud.Thresholds().Length);
    }

    [Fact]
    public async Task Two_instances_that_see_the_same_values_tell_each_crossing_once()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);
        var two = cloud.Instance();
        double[] values = [10, 30, 10, 30, 10];

        for (var i = 0; i < values.Length; i++)
        {
            // Each takes turns in being first, and both are given each message.
            var message = cloud.Message("d", $$"""{"temp":{{values[i]}}}""", i);
            var (first, second) = i % 2 == 0 ? (cloud.One, two) : (two, cloud.One);
            await Task.WhenAll(first.Pipeline.IngestAsync([message], Cancellation), second.Pipeline.IngestAsync([message], Cancellation));
        }

        Assert.Equal(["crossed", "cleared", "crossed", "cleared"], cloud.Thresholds().Select(told => told.Type.Split('.')[^1]));
        Assert.Equal(2, (await cloud.One.Alarms.ListAsync(Tenant, null, Cancellation).ToListAsync(Cancellation)).Count);
    }

    [Fact]
    public async Task Values_that_alternate_between_instances_cross_as_on_one()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);
        CloudInstance[] instances = [cloud.One, cloud.Instance(), cloud.Instance()];
        var random = new Random(7);
        var (expected, crossing) = (new List<string>(), Crossing.None);

        for (var i = 0; i < 200; i++)
        {
            var value = random.Next(10, 31);
            await instances[random.Next(3)].Pipeline.IngestAsync([cloud.Message("d", $$"""{"temp":{{value}}}""", i)], Cancellation);
            var before = crossing.Active;
            crossing = crossing.Take(Hot.Condition!, 0, i, Serverless.Domain.Series.FieldValue.Of((double)value));
            if (crossing.Active != before)
            {
                expected.Add(crossing.Active ? "crossed" : "cleared");
            }
        }

        Assert.Equal(expected, cloud.Thresholds().Select(told => told.Type.Split('.')[^1]));
        Assert.True(expected.Count > 20);
    }

    [Fact]
    public async Task A_process_that_dies_before_it_has_told_leaves_it_to_the_next()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);
        await SendAsync(cloud, 10);
        cloud.Store.BeforeCommit = (_, writes) =>
            writes.Any(write => write.Kind == Kinds.Alarm) ? throw new StoreUnavailableException("away") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SendAsync(cloud, 10, 30));
        Assert.Empty(cloud.Thresholds());
        cloud.Store.BeforeCommit = (_, _) => Task.CompletedTask;

        // The message comes again, at an instance that knows nothing, and nothing is new in it.
        var next = cloud.Instance();
        await next.Pipeline.IngestAsync([cloud.Message("d", """{"temp":30}""", 1)], Cancellation);
        await next.RuleEngine.ResumeAsync(Tenant, Cancellation);
        await next.RuleEngine.ResumeAsync(Tenant, Cancellation);

        Assert.Equal("serverless.threshold.crossed", Assert.Single(cloud.Thresholds()).Type);
        Assert.Single(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_not_told_is_told_at_once_when_its_message_comes_again(bool isTheSame)
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);
        cloud.Store.BeforeCommit = (_, writes) =>
            writes.Any(write => write.Kind == Kinds.Alarm) ? throw new StoreUnavailableException("away") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SendAsync(cloud, 30));
        cloud.Store.ComeBack();

        var instance = isTheSame ? cloud.One : cloud.Instance();
        await instance.Pipeline.IngestAsync([cloud.Message("d", """{"temp":30}""")], Cancellation);
        Assert.Equal("crossed", cloud.Words());
        Assert.Single(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));

        var events = cloud.Events.Events.Count;
        await instance.Pipeline.IngestAsync([cloud.Message("d", """{"temp":30}""")], Cancellation);
        Assert.Equal(events, cloud.Events.Events.Count);
    }

    [Fact]
    public async Task A_condition_that_must_hold_for_a_time_is_remembered_by_the_next_instance()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot with { ForSeconds = 10 }, Cancellation);

        await cloud.IngestAsync(cloud.Message("d", """{"temp":30}""", 0));
        await cloud.Instance().Pipeline.IngestAsync([cloud.Message("d", """{"temp":30}""", 9)], Cancellation);
        Assert.Empty(cloud.Thresholds());
        await cloud.Instance().Pipeline.IngestAsync([cloud.Message("d", """{"temp":30}""", 10)], Cancellation);

        Assert.Single(cloud.Thresholds());
    }

    [Fact]
    public async Task Points_of_the_line_protocol_and_of_a_transient_message_are_held_against_rules_as_they_are_stored()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot with { Measurement = "m", Field = "f" }, Cancellation);
        var tags = Serverless.Domain.Series.TagSet.Of("uuid", device.Uuid.ToString());
        var point = new Serverless.Domain.Series.Point("m", tags, "f", 1, Serverless.Domain.Series.FieldValue.Of(30.0));

        await cloud.One.Pipeline.WriteAsync(Tenant, [point], cloud.Time.GetUtcNow(), Cancellation);

        Assert.Single(cloud.Thresholds());
    }

    [Fact]
    public async Task What_comes_at_once_is_looked_at_in_the_order_in_which_it_was_measured()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);

        // A device that was away sends what it has kept, the newest first.
        await cloud.IngestAsync([.. Enumerable.Range(1, 4).Reverse().Select(second => Message(cloud, second, second % 2 == 1 ? 30 : 10))]);

        Assert.Equal("crossed cleared crossed cleared", cloud.Words());
    }

    [Fact]
    public async Task A_clock_that_was_once_far_ahead_silences_no_rule()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);
        const int Years = 40 * 365 * 86_400;

        await cloud.IngestAsync(Message(cloud, Years, 30));
        Assert.Equal("crossed", cloud.Words());
        await cloud.IngestAsync(Message(cloud, 1, 10));
        Assert.Equal("crossed cleared", cloud.Words());
        Assert.Empty(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
        await cloud.IngestAsync(Message(cloud, 2, 30));
        Assert.Equal("crossed cleared crossed", cloud.Words());

        // A day ahead may be a time zone: there the newest still counts.
        await cloud.IngestAsync(Message(cloud, 86_000, 30));
        await cloud.IngestAsync(Message(cloud, 3, 10));
        Assert.Equal("crossed cleared crossed", cloud.Words());
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(4, 3)]
    public async Task An_alarm_that_two_rules_raise_is_over_when_neither_is_crossed(int first, int second)
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);
        await cloud.One.Rules.CreateAsync(Tenant, Hot with { Measurement = "other" }, Cancellation);
        await cloud.IngestAsync(cloud.Message("d", """{"temp":30}""", 1), cloud.Message("d", """{"other":30}""", 2));

        await cloud.IngestAsync(cloud.Message("d", """{"other":10}""", first));
        Assert.Equal("crossed crossed cleared", cloud.Words());
        Assert.Single(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
        await cloud.IngestAsync(cloud.Message("d", """{"temp":10}""", second));

        Assert.Empty(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task An_alarm_that_another_rule_holds_stays_when_a_rule_is_deleted()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        var one = await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);
        var other = await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);
        await SendAsync(cloud, 10, 30);

        await cloud.One.Rules.DeleteAsync(Tenant, one.Value.Id, null, Cancellation);
        Assert.Single(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
        await cloud.One.Rules.DeleteAsync(Tenant, other.Value.Id, null, Cancellation);

        Assert.Empty(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
    }

    /// <summary>A message of the device d that says when it was measured, in seconds from the clock's start.</summary>
    private static Serverless.Domain.Telemetry.DeviceMessage Message(TestCloud cloud, long second, double value)
    {
        var at = new Serverless.Contracts.ManualTime().GetUtcNow().AddSeconds(second).ToUnixTimeMilliseconds();
        return cloud.Message("d", $$"""{"timestamp":{{at}},"temp":{{value}}}""");
    }

    /// <summary>Messages of the device d, one a second from the clock's start.</summary>
    private static Task SendAsync(TestCloud cloud, params double[] values) =>
        cloud.IngestAsync([.. values.Select((value, second) => cloud.Message("d", $$"""{"temp":{{value}}}""", second))]);
}
