using System.Text.Json.Nodes;
using Serverless.Domain.Alarms;
using Serverless.Domain.Audit;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Alarms;

public sealed class AlarmEventTests
{
    private const string Tenant = TestCloud.Tenant;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_alarms_life_is_told()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");

        var alarm = (await RaiseAsync(cloud, device))!;
        await SetAsync(cloud, alarm.Id, old => old with { Status = AlarmStatus.Acknowledged });
        await SetAsync(cloud, alarm.Id, old => old with { Text = "Very hot.", Severity = AlarmSeverity.Critical });
        await SetAsync(cloud, alarm.Id, old => old with { Fragments = new JsonObject { ["why"] = "sun" } });
        await cloud.One.Alarms.ClearAsync(Tenant, device.Id, "hot", cloud.Time.GetUtcNow(), Cancellation);
        await SetAsync(cloud, alarm.Id, old => old with { Status = AlarmStatus.Active });
        await cloud.One.Alarms.DeleteAsync(Tenant, alarm.Id, Effects.All, Cancellation);

        Assert.Equal("raised changed changed changed cleared raised deleted", Words(cloud));
        var events = EventsOf(cloud);
        Assert.Equal(events.Length, events.Select(one => one.Id).Distinct().Count());
        Assert.All(events, one => Assert.Equal(("/tenants/t1", $"devices/{device.Id}"), (one.Source, one.Subject)));
        var cleared = events[4].Data;
        Assert.Equal((alarm.Id, "Critical", "Cleared"), ((string)cleared["id"]!, (string)cleared["severity"]!, (string)cleared["status"]!));
        Assert.Equal("""{"why":"sun"}""", cleared["fragments"]!.ToJsonString());
    }

    [Fact]
    public async Task Counting_up_and_what_changes_nothing_is_no_event()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var alarm = (await RaiseAsync(cloud, device))!;

        await RaiseAsync(cloud, device, second: 1);
        await RaiseAsync(cloud, device, second: 2);
        await SetAsync(cloud, alarm.Id, old => old with { Text = old.Text });

        Assert.Equal(3, (await cloud.One.Alarms.GetAsync(Tenant, alarm.Id, Cancellation)).Value.Count);
        Assert.Equal("raised", Words(cloud));
    }

    [Theory]
    [InlineData(Effects.All, "raised", 1)]
    [InlineData(Effects.Tell, "raised", 0)]
    [InlineData(Effects.Store, "", 1)]
    [InlineData(Effects.None, "", 0)]
    public async Task What_is_not_to_be_told_makes_no_event(Effects effects, string told, int stored)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var alarm = new NewAlarm(device.Id, "hot", AlarmSeverity.Major, "", cloud.Time.GetUtcNow());

        await cloud.One.Alarms.RaiseAsync(Tenant, alarm, AuditActor.Cloud, effects, Cancellation);

        Assert.Equal(told, Words(cloud));
        Assert.Equal(stored, await cloud.One.Alarms.CountActiveAsync(Tenant, Cancellation));
    }

    [Fact]
    public async Task Each_open_alarm_of_many_that_are_deleted_is_told_of()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        for (var number = 0; number < 45; number++)
        {
            await RaiseAsync(cloud, device, $"type {number}");
        }

        await cloud.One.Alarms.ClearAsync(Tenant, device.Id, "type 7", cloud.Time.GetUtcNow(), Cancellation);

        Assert.Equal(45, await cloud.One.Alarms.DeleteManyAsync(Tenant, new AlarmFilter(), Effects.All, Cancellation));

        Assert.Equal(44, EventsOf(cloud).Count(one => one.Type == AlarmEvents.Deleted));
        Assert.Equal(0, await cloud.Store.CountAsync(new DocumentQuery(Tenant, Kinds.PendingEvent), Cancellation));
    }

    private static Task<Alarm?> RaiseAsync(TestCloud cloud, DeviceTwin device, string type = "hot", int second = 0) =>
        cloud.One.Alarms.RaiseAsync(
            Tenant,
            new NewAlarm(device.Id, type, AlarmSeverity.Major, "It is hot.", cloud.Time.GetUtcNow().AddSeconds(second)),
            Cancellation
        );

    private static Task<Alarm> SetAsync(TestCloud cloud, string id, Func<Alarm, Alarm> change) =>
        cloud.One.Alarms.UpdateAsync(Tenant, id, change, AuditActor.Cloud, Effects.All, Cancellation);

    private static CloudEvent[] EventsOf(TestCloud cloud) =>
        [.. cloud.Events.Events.Where(one => one.Type.StartsWith("serverless.alarm.", StringComparison.Ordinal))];

    private static string Words(TestCloud cloud) => string.Join(' ', EventsOf(cloud).Select(one => one.Type.Split('.')[^1]));
}
