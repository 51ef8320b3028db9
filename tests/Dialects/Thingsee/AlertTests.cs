using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Thingsee;

public sealed class AlertTests
{
    [Fact]
    public async Task A_gateway_that_goes_is_an_alert_until_it_comes_back()
    {
        await using var server = await ThingseeServer.StartAsync();
        var gateway = await server.Cloud.AddDeviceAsync("gateway-9", new NewDevice { Relays = true });
        var start = new DateTimeOffset(2019, 12, 3, 7, 22, 19, TimeSpan.Zero);
        Assert.Equal("""{"alert_count":"0"}""", await server.GetAsync("/v1/things/alerts/count"));

        await server.One.Connections.RecordAsync("gateway-9", false, start, TestCloud.Cancellation);
        await server.One.Connections.RecordAsync("gateway-9", false, start, TestCloud.Cancellation);

        Assert.Equal("""{"alert_count":"1"}""", await server.GetAsync("/v1/things/alerts/count/"));
        Assert.Equal($$"""{"alerting_tuids":["{{gateway.Id}}"]}""", await server.GetAsync("/v1/things/alerts"));
        Assert.Equal(
            $$"""[{"tuid":"{{gateway.Id}}","alert_type":"gateway connection lost","alerts":[{"from":"2019-12-03T07:22:19","to":null}]}]""",
            await server.GetAsync($"/v1/things/{gateway.Id}/alerts")
        );

        await server.One.Connections.RecordAsync("gateway-9", true, start.AddMinutes(10), TestCloud.Cancellation);

        Assert.Equal("""{"alerting_tuids":[]}""", await server.GetAsync("/v1/things/alerts"));
        Assert.Equal(
            $$"""[{"tuid":"{{gateway.Id}}","alert_type":"gateway connection lost","alerts":[{"from":"2019-12-03T07:22:19","to":"2019-12-03T07:32:19"}]}]""",
            await server.GetAsync($"/v1/things/{gateway.Id}/alerts?from=1575357700&to=1575358400")
        );
        Assert.Equal("[]", await server.GetAsync($"/v1/things/{gateway.Id}/alerts?from=1575358400"));
        Assert.Equal("[]", await server.GetAsync($"/v1/things/{gateway.Id}/alerts?to=2019-12-03T07:00:00"));
    }

    [Fact]
    public async Task A_sensor_of_its_own_comes_and_goes_and_a_device_with_things_behind_it_is_a_gateway()
    {
        await using var server = await ThingseeServer.StartAsync();
        await server.Cloud.AddDeviceAsync("sensor");
        await server.Cloud.AddDeviceAsync("gateway-9");
        await server.SendAsync("""[{"tsmId":12100,"tsmEv":10,"tsmTs":2,"tsmTuid":"TSNEW1","temp":3}]""", "gateway-9");

        await server.One.Connections.RecordAsync("sensor", false, server.Cloud.Time.GetUtcNow(), TestCloud.Cancellation);
        Assert.Equal("""{"alert_count":"0"}""", await server.GetAsync("/v1/things/alerts/count"));

        await server.One.Connections.RecordAsync("gateway-9", false, server.Cloud.Time.GetUtcNow(), TestCloud.Cancellation);
        Assert.Equal("""{"alert_count":"1"}""", await server.GetAsync("/v1/things/alerts/count"));
    }

    [Fact]
    public async Task Raising_again_counts_up_and_old_news_changes_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var start = cloud.Time.GetUtcNow();
        var alarms = cloud.One.Alarms;

        await RaiseAsync(start);
        await RaiseAsync(start.AddSeconds(5));
        await RaiseAsync(start.AddSeconds(5));
        var again = await RaiseAsync(start.AddSeconds(3));
        Assert.Equal((2, start, start.AddSeconds(5)), (again.Count, again.First, again.Last));

        Assert.Null(await alarms.ClearAsync(TestCloud.Tenant, "1", "hot", start.AddSeconds(1), TestCloud.Cancellation));
        Assert.Equal(
            AlarmStatus.Cleared,
            (await alarms.ClearAsync(TestCloud.Tenant, "1", "hot", start.AddSeconds(9), TestCloud.Cancellation))!.Status
        );
        Assert.Null(await alarms.ClearAsync(TestCloud.Tenant, "1", "hot", start.AddSeconds(9), TestCloud.Cancellation));
        var next = await RaiseAsync(start.AddSeconds(20));

        Assert.NotEqual(again.Id, next.Id);
        Assert.Equal(1, await alarms.CountActiveAsync(TestCloud.Tenant, TestCloud.Cancellation));
        var changes = await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, TestCloud.Cancellation);
        Assert.Equal(["create", "update", "update", "create"], changes.Where(c => c.Kind == "alarms").Select(c => c.Action));

        async Task<Alarm> RaiseAsync(DateTimeOffset time) =>
            (
                await alarms.RaiseAsync(
                    TestCloud.Tenant,
                    new NewAlarm("1", "hot", AlarmSeverity.Major, "It is hot.", time),
                    TestCloud.Cancellation
                )
            )!;
    }

    [Fact]
    public async Task Many_who_raise_at_once_raise_one()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var start = cloud.Time.GetUtcNow();

        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    cloud
                        .Instance()
                        .Alarms.RaiseAsync(
                            TestCloud.Tenant,
                            new NewAlarm("1", "hot", AlarmSeverity.Major, "", start.AddSeconds(i)),
                            TestCloud.Cancellation
                        )
                )
        );

        Assert.Equal(1, await cloud.One.Alarms.CountActiveAsync(TestCloud.Tenant, TestCloud.Cancellation));
    }
}
