using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Local.Tests.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Rules;

public sealed class SilenceTests
{
    private const string Tenant = TestCloud.Tenant;

    private static readonly RuleChange Quiet = new()
    {
        Name = "quiet",
        Measurement = "temp",
        SilenceSeconds = 10,
        Alarm = new RuleAlarm("too quiet", AlarmSeverity.Minor),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silence_is_told_when_it_has_lasted_and_ends_with_the_next_reading()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        await LookAsync(cloud, 4);
        await SendAsync(cloud);
        await LookAsync(cloud, 9.9);
        Assert.Empty(cloud.Thresholds());

        await LookAsync(cloud, 0.1);
        await LookAsync(cloud, 60);

        var told = Assert.Single(cloud.Thresholds());
        Assert.Equal(("serverless.threshold.crossed", $"devices/{device.Id}"), (told.Type, told.Subject));
        Assert.Equal(
            ("2026-03-01T12:00:14Z", "2026-03-01T12:00:04Z", null),
            ((string?)told.Data["time"], (string?)told.Data["since"], told.Data["value"])
        );
        var alarm = Assert.Single(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation)).Value;
        Assert.Equal(("too quiet", "No temp for 10 s.", told.Time, 1), (alarm.Type, alarm.Text, alarm.Last, alarm.Count));

        await SendAsync(cloud);
        Assert.Equal("crossed cleared", cloud.Words());
        Assert.Equal(
            ("value", "2026-03-01T12:01:14Z", 21.0),
            (
                (string?)cloud.Thresholds()[1].Data["reason"],
                (string?)cloud.Thresholds()[1].Data["time"],
                (double)cloud.Thresholds()[1].Data["value"]!
            )
        );
        Assert.Empty(await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation));
        await LookAsync(cloud, 9);
        await LookAsync(cloud, 1);
        Assert.Equal("crossed cleared crossed", cloud.Words());
    }

    [Theory]
    [InlineData(0, 5, 15)]
    [InlineData(5, 0, 15)]
    public async Task A_device_that_has_never_sent_is_silent_from_its_making_or_the_rules_whichever_is_later(
        double deviceAfter,
        double ruleAfter,
        double expected
    )
    {
        await using var cloud = await TestCloud.OpenAsync();
        foreach (var second in new double[] { 0, 5 })
        {
            if (deviceAfter == second)
            {
                await cloud.AddDeviceAsync("d");
            }

            if (ruleAfter == second)
            {
                await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
            }

            await LookAsync(cloud, second == 0 ? 5 : 0);
        }

        await LookAsync(cloud, expected - 5 - 0.1);
        Assert.Empty(cloud.Thresholds());
        await LookAsync(cloud, 0.1);
        Assert.Single(cloud.Thresholds());
    }

    [Theory]
    [InlineData(null, null, null, "a b")]
    [InlineData("a", null, null, "a")]
    [InlineData(null, "cellar", null, "a")]
    [InlineData(null, null, "pump", "a")]
    [InlineData("a", "attic", null, "")]
    public async Task A_rule_of_silence_watches_the_devices_in_its_scope(string? device, string? group, string? type, string expected)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var first = await cloud.AddDeviceAsync("a", new NewDevice { Type = "pump", Group = "cellar" });
        await cloud.AddDeviceAsync("b");
        await cloud.AddDeviceAsync(
            "out",
            new NewDevice
            {
                Enabled = false,
                Type = "pump",
                Group = "cellar",
            }
        );
        var scope = new RuleScope(device is null ? null : first.Id, group, type);
        await cloud.One.Rules.CreateAsync(Tenant, Quiet with { Scope = scope }, Cancellation);

        await LookAsync(cloud, 0);
        await LookAsync(cloud, 10);

        Assert.Equal(expected, string.Join(' ', cloud.Thresholds().Select(told => (string?)told.Data["name"]).Order()));
    }

    [Fact]
    public async Task The_next_process_finds_the_silence_that_began_before_it_and_ends_what_was_told_before_it()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("a");
        await cloud.AddDeviceAsync("b");
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        cloud.Time.Advance(TimeSpan.FromSeconds(5));
        await SendAsync(cloud, "a");
        await LookAsync(cloud, 5);
        Assert.Equal("b", (string?)Assert.Single(cloud.Thresholds()).Data["name"]);

        var next = cloud.Instance();
        await next.Silences.RunAllAsync(Cancellation);
        Assert.Single(cloud.Thresholds());
        cloud.Time.Advance(TimeSpan.FromSeconds(5));
        await next.Silences.RunAsync(Cancellation);
        Assert.Equal("crossed crossed", cloud.Words());
        await next.Pipeline.IngestAsync([cloud.Message("b", """{"temp":1}""")], Cancellation);

        Assert.Equal("crossed crossed cleared", cloud.Words());
    }

    [Fact]
    public async Task An_instance_that_gets_no_values_asks_the_series_and_two_that_see_silence_tell_it_once()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        var two = cloud.Instance();
        await two.Silences.RunAllAsync(Cancellation);
        for (var i = 0; i < 5; i++)
        {
            await SendAsync(cloud);
            await LookAsync(cloud, 9);
            await two.Silences.RunAsync(Cancellation);
        }

        Assert.Empty(cloud.Thresholds());
        cloud.Time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(cloud.One.Silences.RunAsync(Cancellation), two.Silences.RunAsync(Cancellation));

        Assert.Equal("crossed", cloud.Words());
    }

    [Fact]
    public async Task A_value_counts_from_when_it_was_measured_so_that_one_that_is_late_ends_no_silence()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        await LookAsync(cloud, 30);

        await SendAsync(cloud, "d", at: -11);
        Assert.Equal("crossed", cloud.Words());
        await SendAsync(cloud, "d", at: -4);
        Assert.Equal("crossed cleared", cloud.Words());
        await SendAsync(cloud, "d", at: -9);
        await LookAsync(cloud, 5);
        Assert.Equal("crossed cleared", cloud.Words());
        await LookAsync(cloud, 1);
        Assert.Equal("crossed cleared crossed", cloud.Words());
        Assert.Equal("2026-03-01T12:00:26Z", (string?)cloud.Thresholds()[2].Data["since"]);
    }

    [Fact]
    public async Task A_value_of_a_clock_that_is_far_ahead_ends_no_silence_and_hides_none()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        await SendAsync(cloud, "d", at: 40.0 * 365 * 86_400);
        await SendAsync(cloud, "d", at: 1);

        await LookAsync(cloud, 10.9);
        Assert.Empty(cloud.Thresholds());
        await LookAsync(cloud, 0.1);
        Assert.Equal("crossed", cloud.Words());
        await SendAsync(cloud, "d", at: 50.0 * 365 * 86_400);
        await cloud.One.Silences.RunAllAsync(Cancellation);
        Assert.Equal("crossed", cloud.Words());
        await SendAsync(cloud, "d");

        Assert.Equal("crossed cleared", cloud.Words());
    }

    [Fact]
    public async Task A_value_that_is_stored_while_the_silence_is_decided_ends_it()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        cloud.Time.Advance(TimeSpan.FromSeconds(10));
        cloud.Store.OnceBefore(Kinds.RuleState, () => WriteAsync(cloud, device));

        await cloud.One.Silences.RunAsync(Cancellation);

        Assert.Equal("crossed cleared", cloud.Words());
    }

    [Fact]
    public async Task A_value_of_which_no_rule_was_told_because_its_process_died_ends_the_silence_at_the_next_thorough_look()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        await LookAsync(cloud, 10);
        await WriteAsync(cloud, device);

        await LookAsync(cloud, 1);
        Assert.Equal("crossed", cloud.Words());
        await cloud.One.Silences.RunAllAsync(Cancellation);
        Assert.Equal("crossed cleared", cloud.Words());
    }

    [Fact]
    public async Task Devices_that_come_change_and_go_are_watched_as_they_are()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.One.Rules.CreateAsync(Tenant, Quiet with { Scope = new RuleScope(Group: "cellar") }, Cancellation);
        await LookAsync(cloud, 0);
        var moved = await cloud.AddDeviceAsync("moved");
        var gone = await cloud.AddDeviceAsync("gone", new NewDevice { Group = "cellar" });
        var shut = await cloud.AddDeviceAsync("shut", new NewDevice { Group = "cellar" });
        await LookAsync(cloud, 1);
        await cloud.One.Service.UpdateAsync(Tenant, moved.Id, twin => twin with { Group = "cellar" }, null, Cancellation);
        await cloud.One.Service.DeleteAsync(Tenant, gone.Id, null, Cancellation);
        await cloud.One.Service.UpdateAsync(Tenant, shut.Id, twin => twin with { Enabled = false }, null, Cancellation);

        await LookAsync(cloud, 10);

        Assert.Equal($"devices/{moved.Id}", Assert.Single(cloud.Thresholds()).Subject);
    }

    [Fact]
    public async Task A_store_that_is_away_delays_what_is_due_and_loses_none_of_it()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("a");
        await cloud.AddDeviceAsync("b");
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        await LookAsync(cloud, 9);
        cloud.Time.Advance(TimeSpan.FromSeconds(1));
        cloud.Store.GoAway();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cloud.One.Silences.RunAsync(Cancellation));
        cloud.Store.ComeBack();

        await LookAsync(cloud, 1);

        Assert.Equal("crossed crossed", cloud.Words());
    }

    [Fact]
    public async Task Values_under_a_rule_of_silence_ask_the_store_twice_a_batch_and_write_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await SendAsync(cloud);
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        await SendAsync(cloud);
        var (commits, queries, gets) = (cloud.Store.Commits, cloud.Store.Queries, 0);
        cloud.Store.BeforeGet = _ =>
        {
            gets++;
            return Task.CompletedTask;
        };

        await cloud.IngestAsync([.. Enumerable.Range(1, 50).Select(second => cloud.Message("d", """{"temp":1}""", second * 0.01))]);

        Assert.Equal((0, 0, 2), (cloud.Store.Commits - commits, cloud.Store.Queries - queries, gets));
    }

    [Fact]
    public async Task A_device_whose_points_have_more_tags_than_its_own_is_not_silent_to_another_instance()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Quiet, Cancellation);
        cloud.Time.Advance(TimeSpan.FromSeconds(8));
        await WriteAsync(cloud, device, new KeyValuePair<string, string>("room", "cellar"));
        cloud.Time.Advance(TimeSpan.FromSeconds(8));

        await cloud.Instance().Silences.RunAllAsync(Cancellation);
        Assert.Empty(cloud.Thresholds());
        cloud.Time.Advance(TimeSpan.FromSeconds(2));
        await cloud.Instance().Silences.RunAllAsync(Cancellation);
        Assert.Single(cloud.Thresholds());
    }

    /// <summary>Moves the clock and looks at what is due.</summary>
    private static Task LookAsync(TestCloud cloud, double seconds)
    {
        cloud.Time.Advance(TimeSpan.FromSeconds(seconds));
        return cloud.One.Silences.RunAsync(Cancellation);
    }

    /// <summary>A value as the series have it and nobody else was told.</summary>
    private static Task WriteAsync(TestCloud cloud, DeviceTwin device, params KeyValuePair<string, string>[] more)
    {
        var tags = Serverless.Domain.Series.TagSet.Of([new("uuid", device.Uuid.ToString()), .. more]);
        var now = Serverless.Domain.Telemetry.PayloadTime.ToNanoseconds(cloud.Time.GetUtcNow());
        var point = new Serverless.Domain.Series.Point("temp", tags, "value", now, Serverless.Domain.Series.FieldValue.Of(1.0));
        return cloud.Series.WriteAsync(Tenant, Serverless.Domain.Tenants.Tenant.DeviceDatabase, [point], Cancellation);
    }

    private static Task SendAsync(TestCloud cloud, string device = "d", double at = 0) =>
        cloud.IngestAsync(cloud.Message(device, """{"temp":21}""", at));
}
