using Serverless.Domain;
using Serverless.Domain.Alarms;
using Serverless.Domain.Audit;
using Serverless.Domain.Changes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Rules;
using Serverless.Local.Tests.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Events;

/// <summary>Whatever causes an event commits it with itself, so that the event is told however the process or the publisher ends.</summary>
public sealed class CausedEventTests
{
    private const string Tenant = TestCloud.Tenant;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Types =>
        [
            "serverless.device.created",
            "serverless.device.deleted",
            "serverless.device.connected",
            "serverless.device.disconnected",
            "serverless.command.failed",
            AlarmEvents.Raised,
            AlarmEvents.Changed,
            AlarmEvents.Cleared,
            AlarmEvents.Deleted,
            CrossingEffects.Crossed,
            CrossingEffects.Cleared,
        ];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_publisher_that_is_away_fails_nobody_and_gets_the_event_later(string type)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var cause = await PrepareAsync(cloud, type);
        cloud.Events.Before = (_, _) => throw new StoreUnavailableException("Event Grid is away.");

        await cause(cloud.One);

        Assert.DoesNotContain(type, cloud.Events.Types);
        await AssertToldLaterAsync(cloud, type);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_process_that_dies_after_the_commit_leaves_the_event_to_the_next(string type)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var cause = await PrepareAsync(cloud, type);
        var isDead = false;
        cloud.Events.Before = (events, _) =>
        {
            isDead |= events.Any(one => one.Type == type);
            return isDead ? throw new InvalidOperationException("dead") : Task.CompletedTask;
        };
        cloud.Store.BeforeCommit = (_, _) => isDead ? throw new StoreUnavailableException("dead") : Task.CompletedTask;

        await Record.ExceptionAsync(() => cause(cloud.One));

        Assert.True(isDead);
        cloud.Store.ComeBack();
        await AssertToldLaterAsync(cloud, type);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task An_event_is_published_once_where_nothing_fails_and_nothing_is_left(string type)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var cause = await PrepareAsync(cloud, type);

        await cause(cloud.One);

        Assert.Single(cloud.Events.Types, type);
        Assert.Equal(0, await cloud.Store.CountAsync(new DocumentQuery(Tenant, Kinds.PendingEvent), Cancellation));
    }

    [Fact]
    public async Task A_device_that_the_hub_does_not_take_is_never_told_of()
    {
        await using var cloud = await TestCloud.OpenAsync();
        cloud.Gateway.Hub = (_, _) => throw DomainException.Invalid("keys", "The hub is full.");

        await Assert.ThrowsAsync<DomainException>(() => cloud.AddDeviceAsync("d"));
        await cloud.One.Outbox.ResumeAllAsync(Cancellation);

        Assert.Empty(cloud.Events.Events);
    }

    [Fact]
    public async Task A_device_that_was_told_of_before_the_hub_refused_it_is_told_to_be_gone()
    {
        await using var cloud = await TestCloud.OpenAsync();
        cloud.Gateway.Hub = async (_, _) =>
        {
            // The hub takes long, and housekeeping of another instance looks for what was left.
            cloud.Time.Advance(PendingEvent.Grace);
            await cloud.Instance().Outbox.ResumeAsync(Tenant, Cancellation);
            throw DomainException.Invalid("keys", "The hub is full.");
        };

        await Assert.ThrowsAsync<DomainException>(() => cloud.AddDeviceAsync("d"));

        Assert.Equal(["serverless.device.created", "serverless.device.deleted"], cloud.Events.Types);
        Assert.Null(await cloud.One.Devices.FindByHubIdAsync("d", Cancellation));
    }

    [Fact]
    public async Task A_connection_that_is_told_again_makes_no_second_event_and_writes_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var at = cloud.Time.GetUtcNow();
        await cloud.One.Connections.RecordAsync("d", true, at, Cancellation);
        var version = (await cloud.TwinAsync(device)).Version;

        await cloud.One.Connections.RecordAsync("d", true, at, Cancellation);
        await cloud.Instance().Connections.RecordAsync("d", true, at, Cancellation);

        Assert.Single(cloud.Events.Types, "serverless.device.connected");
        Assert.Equal(version, (await cloud.TwinAsync(device)).Version);
    }

    /// <summary>Makes what must be there before, and gives what causes the event.</summary>
    private static async Task<Func<CloudInstance, Task>> PrepareAsync(TestCloud cloud, string type)
    {
        if (type == "serverless.device.created")
        {
            return one => one.Service.CreateAsync(Tenant, new NewDevice { Desired = new() { ["a"] = 1 } }, Cancellation);
        }

        var device = await cloud.AddDeviceAsync("d");
        var now = cloud.Time.GetUtcNow();
        switch (type)
        {
            case "serverless.device.deleted":
                return one => one.Service.DeleteAsync(Tenant, device.Id, null, Cancellation);
            case "serverless.device.connected" or "serverless.device.disconnected":
                return one => one.Connections.RecordAsync("d", type.EndsWith(".connected", StringComparison.Ordinal), now, Cancellation);
            case "serverless.command.failed":
                var given = new NewCommand
                {
                    Device = device.Id,
                    Dialect = "test",
                    Payload = 1,
                };
                var command = (await cloud.One.Commands.CreateAsync(Tenant, given, Cancellation)).Value;
                return one =>
                    one.Commands.UpdateAsync(
                        Tenant,
                        command.Id,
                        open => open.IsOpen ? open.Step(CommandState.Failed, now, "For the test.") : open,
                        Cancellation
                    );
            case CrossingEffects.Crossed or CrossingEffects.Cleared:
                return await PrepareRuleAsync(cloud, type);
            default:
                return await PrepareAlarmAsync(cloud, type, device);
        }
    }

    private static async Task<Func<CloudInstance, Task>> PrepareRuleAsync(TestCloud cloud, string type)
    {
        var condition = new RuleCondition { Operator = RuleOperator.Greater, Threshold = 20 };
        var rule = new RuleChange
        {
            Name = "hot",
            Measurement = "temp",
            Condition = condition,
        };
        await cloud.One.Rules.CreateAsync(Tenant, rule, Cancellation);
        if (type == CrossingEffects.Crossed)
        {
            return one => one.Pipeline.IngestAsync([cloud.Message("d", """{"temp":30}""", 1)], Cancellation);
        }

        await cloud.IngestAsync(cloud.Message("d", """{"temp":30}""", 1));
        return one => one.Pipeline.IngestAsync([cloud.Message("d", """{"temp":3}""", 2)], Cancellation);
    }

    private static async Task<Func<CloudInstance, Task>> PrepareAlarmAsync(TestCloud cloud, string type, DeviceTwin device)
    {
        var alarm = new NewAlarm(device.Id, "hot", AlarmSeverity.Major, "It is hot.", cloud.Time.GetUtcNow());
        if (type == AlarmEvents.Raised)
        {
            return one => one.Alarms.RaiseAsync(Tenant, alarm, Cancellation);
        }

        var id = (await cloud.One.Alarms.RaiseAsync(Tenant, alarm, Cancellation))!.Id;
        return type switch
        {
            AlarmEvents.Cleared => one => one.Alarms.ClearAsync(Tenant, device.Id, "hot", cloud.Time.GetUtcNow(), Cancellation),
            AlarmEvents.Deleted => one => one.Alarms.DeleteAsync(Tenant, id, Effects.All, Cancellation),
            _ => one =>
                one.Alarms.UpdateAsync(
                    Tenant,
                    id,
                    old => old with { Severity = AlarmSeverity.Minor },
                    AuditActor.Cloud,
                    Effects.All,
                    Cancellation
                ),
        };
    }

    private static async Task AssertToldLaterAsync(TestCloud cloud, string type)
    {
        cloud.Events.Before = (_, _) => Task.CompletedTask;
        cloud.Time.Advance(PendingEvent.Grace);
        var next = cloud.Instance();
        await next.Outbox.ResumeAsync(Tenant, Cancellation);
        await next.RuleEngine.ResumeAsync(Tenant, Cancellation);

        Assert.Single(cloud.Events.Events.Where(one => one.Type == type).DistinctBy(one => one.Id));
        Assert.Equal(0, await cloud.Store.CountAsync(new DocumentQuery(Tenant, Kinds.PendingEvent), Cancellation));
    }
}
