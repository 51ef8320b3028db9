using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Local.Tests.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Rules;

public sealed class RuleEndingTests
{
    private const string Tenant = TestCloud.Tenant;

    private static readonly RuleChange Hot = new()
    {
        Name = "hot",
        Measurement = "temp",
        Condition = new RuleCondition { Operator = RuleOperator.Greater, Threshold = 20 },
        Alarm = new RuleAlarm("too hot", AlarmSeverity.Major),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, RuleChange?> Ends =>
        new()
        {
            { "deleted", null },
            { "disabled", Hot with { Enabled = false } },
            { "changed", Hot with { Condition = Hot.Condition! with { Threshold = 25 } } },
            { "changed", Hot with { Scope = new RuleScope(Group: "cellar") } },
            { "changed", Hot with { Alarm = Hot.Alarm! with { Type = "hotter" } } },
            { "changed", Hot with { Alarm = null } },
        };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_rule_that_ends_clears_its_alarms_and_says_why(string reason, RuleChange? change)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var hot = await cloud.AddDeviceAsync("hot");
        await cloud.AddDeviceAsync("cool");
        var rule = (await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation)).Value;
        await SendAsync(cloud, "hot", 30);
        await SendAsync(cloud, "cool", 10);

        await ChangeAsync(cloud, rule, change);

        var told = cloud.Thresholds()[^1];
        Assert.Equal("crossed cleared", cloud.Words());
        Assert.Equal((reason, $"devices/{hot.Id}", null), ((string?)told.Data["reason"], told.Subject, told.Data["value"]));
        Assert.Empty(await ActiveAsync(cloud));
        Assert.Equal((0, 0), (await cloud.CountAsync(Kinds.RuleState), await cloud.CountAsync(Kinds.EndedRule)));
        var logged = await cloud.One.Changes.ReadAsync(Tenant, 0, 100, Cancellation);
        Assert.Equal(2, logged.Count(one => one.Kind == RuleEngine.ChangeKind));
    }

    [Fact]
    public async Task A_rule_that_watches_something_else_begins_anew_and_one_that_is_gone_begins_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        var rule = (await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation)).Value;
        await SendAsync(cloud, "d", 30);
        await ChangeAsync(cloud, rule, Hot with { ForSeconds = 0.5 });

        await SendAsync(cloud, "d", 30, 30, 30);
        Assert.Equal("crossed cleared crossed", cloud.Words());
        Assert.Single(await ActiveAsync(cloud));

        await ChangeAsync(cloud, rule, null);
        await SendAsync(cloud, "d", 30, 30, 10, 30);
        Assert.Equal("crossed cleared crossed cleared", cloud.Words());
        Assert.Empty(await ActiveAsync(cloud));
    }

    [Fact]
    public async Task A_rule_that_is_renamed_or_whose_alarm_is_worse_goes_on()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        var rule = (await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation)).Value;
        await SendAsync(cloud, "d", 30);

        await ChangeAsync(cloud, rule, Hot with { Name = "hot!", Alarm = Hot.Alarm! with { Severity = AlarmSeverity.Critical } });
        await SendAsync(cloud, "d", 30, 30);

        Assert.Equal("crossed", cloud.Words());
        Assert.Single(await ActiveAsync(cloud));
    }

    [Fact]
    public async Task What_a_process_that_died_has_left_of_a_rule_is_ended_by_the_next_with_the_same_event()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("a");
        await cloud.AddDeviceAsync("b");
        var rule = (await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation)).Value;
        await SendAsync(cloud, "a", 30);
        await SendAsync(cloud, "b", 30);
        var away = 0;
        cloud.Store.BeforeCommit = (_, writes) =>
            writes.Any(write => write is { Mode: WriteMode.Delete, Kind: Kinds.RuleState }) && away++ >= 0
                ? throw new StoreUnavailableException("away")
                : Task.CompletedTask;

        await ChangeAsync(cloud, rule, null);
        Assert.Equal((1, 2), (away, await cloud.CountAsync(Kinds.RuleState)));
        cloud.Store.ComeBack();
        var next = cloud.Instance();
        await Task.WhenAll(next.RuleEngine.ResumeAsync(Tenant, Cancellation), cloud.One.RuleEngine.ResumeAsync(Tenant, Cancellation));

        Assert.Equal("crossed crossed cleared cleared", cloud.Words());
        Assert.Empty(await ActiveAsync(cloud));
        Assert.Equal((0, 0), (await cloud.CountAsync(Kinds.RuleState), await cloud.CountAsync(Kinds.EndedRule)));
    }

    [Fact]
    public async Task A_crossing_that_was_not_told_when_its_rule_ended_is_told_with_its_end()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        var rule = (await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation)).Value;
        cloud.Store.BeforeCommit = (_, writes) =>
            writes.Any(write => write.Kind == Kinds.Alarm) ? throw new StoreUnavailableException("away") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SendAsync(cloud, "d", 30));
        cloud.Store.ComeBack();

        await ChangeAsync(cloud, rule, null);

        Assert.Equal("crossed cleared", cloud.Words());
        Assert.Empty(await ActiveAsync(cloud));
    }

    [Fact]
    public async Task An_alarm_that_is_raised_after_its_rule_has_ended_elsewhere_is_cleared_again()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        var rule = (await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation)).Value;
        var two = cloud.Instance();
        cloud.Store.OnceBefore(Kinds.Alarm, () => two.Rules.DeleteAsync(Tenant, rule.Id, null, Cancellation));

        await SendAsync(cloud, "d", 30);

        Assert.Equal("crossed cleared", cloud.Words());
        Assert.Empty(await ActiveAsync(cloud));
    }

    [Fact]
    public async Task A_device_that_leaves_a_rules_scope_ends_its_crossing_there()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d", new NewDevice { Group = "cellar" });
        await cloud.AddDeviceAsync("stays", new NewDevice { Group = "cellar" });
        await cloud.One.Rules.CreateAsync(Tenant, Hot with { Scope = new RuleScope(Group: "cellar") }, Cancellation);
        await SendAsync(cloud, "d", 30);
        await SendAsync(cloud, "stays", 30);
        await cloud.One.Service.UpdateAsync(Tenant, device.Id, twin => twin with { Group = "attic" }, null, Cancellation);

        await cloud.One.Departures.EndAsync(Tenant, Cancellation);
        await cloud.One.Departures.EndAsync(Tenant, Cancellation);

        Assert.Equal("crossed cleared", cloud.Words(device.Id));
        Assert.Equal("scope", (string?)cloud.Thresholds()[^1].Data["reason"]);
        Assert.Equal("crossed crossed cleared", cloud.Words());
        Assert.NotEqual(device.Id, Assert.Single(await ActiveAsync(cloud)).Value.Device);
    }

    [Fact]
    public async Task A_device_that_is_deleted_takes_its_rules_states_along_and_what_is_stored_meanwhile_goes_later()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.One.Rules.CreateAsync(Tenant, Hot, Cancellation);
        await SendAsync(cloud, "d", 30);
        var states = new DeviceDocuments(cloud.Store, Kinds.RuleState, "source");
        await states.EraseAsync(Tenant, device, Cancellation);
        Assert.Equal(0, await cloud.CountAsync(Kinds.RuleState));

        await SendAsync(cloud, "d", 10, 30, 10, 30);
        await cloud.One.Service.DeleteAsync(Tenant, device.Id, null, Cancellation);
        Assert.Equal((1, 1), (await cloud.CountAsync(Kinds.RuleState), await cloud.CountAsync(Kinds.ActiveAlarm)));
        await cloud.One.Departures.EndAsync(Tenant, Cancellation);

        Assert.Equal((0, 0), (await cloud.CountAsync(Kinds.RuleState), await cloud.CountAsync(Kinds.ActiveAlarm)));
        Assert.Equal(0, await cloud.CountAsync(Kinds.Alarm));
    }

    private static Task ChangeAsync(TestCloud cloud, Rule rule, RuleChange? change) =>
        change is null
            ? cloud.One.Rules.DeleteAsync(Tenant, rule.Id, null, Cancellation)
            : cloud.One.Rules.UpdateAsync(Tenant, rule.Id, _ => change, null, Cancellation);

    private static async Task<IReadOnlyList<Stored<Alarm>>> ActiveAsync(TestCloud cloud) =>
        await cloud.One.Alarms.ListActiveAsync(Tenant, Cancellation).ToListAsync(Cancellation);

    /// <summary>Messages one a second from the clock's start.</summary>
    private static Task SendAsync(TestCloud cloud, string device, params double[] values) =>
        cloud.IngestAsync([.. values.Select((value, second) => cloud.Message(device, $$"""{"temp":{{value}}}""", second))]);
}
