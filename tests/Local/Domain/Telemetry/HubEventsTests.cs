using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Telemetry;

public sealed class HubEventsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Reported_properties_follow_the_hub_whatever_order_and_however_often_its_events_come()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var first = Twin("""{"version":3,"properties":{"reported":{"fw":"1.0","old":true,"$metadata":{"a":1},"$version":2}}}""");
        var second = Twin("""{"version":4,"properties":{"reported":{"fw":"1.1","old":null,"$version":3}}}""", 1);

        await cloud.IngestAsync(first, second);
        await cloud.IngestAsync(first);

        var twin = await cloud.TwinAsync(device);
        Assert.Equal("""{"fw":"1.1"}""", twin.Reported.Values.ToJsonString());
        Assert.Equal(new HubVersions(0, 3, DateTimeOffset.MinValue), twin.Hub);
        Assert.Empty(await cloud.DeadLettersAsync());
    }

    [Fact]
    public async Task A_replaced_twin_replaces_what_it_names()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d", new NewDevice { Desired = new() { ["interval"] = 5 } });
        await cloud.IngestAsync(Twin("""{"properties":{"reported":{"fw":"1.0","$version":2}}}"""));

        await cloud.IngestAsync(Twin("""{"properties":{"reported":{"x":1,"$version":3}}}""", 1, "replaceTwin"));

        var twin = await cloud.TwinAsync(device);
        Assert.Equal(("""{"x":1}""", """{"interval":5}"""), (twin.Reported.Values.ToJsonString(), twin.Desired.Values.ToJsonString()));
    }

    [Fact]
    public async Task Desired_properties_that_are_set_at_the_hub_are_the_twins()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var set = Twin("""{"properties":{"desired":{"interval":9,"$metadata":{},"$version":6}}}""");

        await cloud.IngestAsync(set);
        await cloud.One.Service.PatchDesiredAsync(TestCloud.Tenant, device.Id, new() { ["interval"] = 10 }, null, TestCloud.Cancellation);
        await cloud.IngestAsync(set);

        var twin = await cloud.TwinAsync(device);
        Assert.Equal(("""{"interval":10}""", 3), (twin.Desired.Values.ToJsonString(), twin.Desired.Version));
    }

    [Fact]
    public async Task Pushes_that_follow_quickly_are_not_undone_by_the_hubs_events_of_those_before()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var version = 1;
        cloud.Gateway.Hub = (_, patch) =>
            Task.FromResult(patch is null ? null : new HubDesired(patch.DeepClone().AsObject(), ++version, Noon.AddSeconds(2)));
        for (var value = 1; value <= 2; value++)
        {
            await PatchAsync(cloud, device, value);
        }

        // The hub's events come late and one by one: that it was made, the first push, the second.
        var seen = new List<string>();
        foreach (var late in new[] { Event(MessageSource.DeviceLifecycle, "createDeviceIdentity", "{}", 1), Desired(1, 2), Desired(2, 3) })
        {
            await cloud.IngestAsync(late);
            seen.Add((await cloud.TwinAsync(device)).Desired.Values.ToJsonString());
        }

        Assert.All(seen, values => Assert.Equal("""{"interval":2}""", values));
        await cloud.IngestAsync(Desired(7, 4));
        Assert.Equal("""{"interval":7}""", (await cloud.TwinAsync(device)).Desired.Values.ToJsonString());
    }

    [Fact]
    public async Task Pushes_of_two_instances_that_cross_end_as_the_hub_has_them()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var other = cloud.Instance();
        var version = 1;
        cloud.Gateway.Hub = async (_, patch) =>
        {
            // What is stored first reaches the hub last.
            if ((int)patch!["interval"]! == 1)
            {
                await other.Service.PatchDesiredAsync(
                    TestCloud.Tenant,
                    device.Id,
                    new() { ["interval"] = 2 },
                    null,
                    TestCloud.Cancellation
                );
            }

            return new HubDesired(patch.DeepClone().AsObject(), ++version, Noon);
        };

        await PatchAsync(cloud, device, 1);
        await cloud.IngestAsync(Desired(2, 2), Desired(1, 3));

        Assert.Equal("""{"interval":1}""", (await cloud.TwinAsync(device)).Desired.Values.ToJsonString());
    }

    [Fact]
    public async Task A_device_that_is_made_anew_at_the_hub_counts_from_the_beginning()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var old = Twin("""{"properties":{"reported":{"life":1,"$version":7}}}""");
        var late = Twin("""{"properties":{"reported":{"life":1,"late":true,"$version":8}}}""", 1);
        var young = Twin("""{"properties":{"reported":{"life":2,"$version":2}}}""", 20);

        await cloud.IngestAsync(old, Event(MessageSource.DeviceLifecycle, "createDeviceIdentity", "{}", 10), young, late);

        var twin = await cloud.TwinAsync(device);
        Assert.Equal("""{"life":2}""", twin.Reported.Values.ToJsonString());
    }

    [Fact]
    public async Task A_device_comes_and_goes_and_what_is_old_changes_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var came = Event(MessageSource.ConnectionState, "deviceConnected", """{"sequenceNumber":"01"}""", 1);
        var went = Event(MessageSource.ConnectionState, "deviceDisconnected", """{"sequenceNumber":"02"}""", 2);

        await cloud.IngestAsync(came);
        Assert.Equal(new Connection(true, Noon.AddSeconds(1)), (await cloud.TwinAsync(device)).Connection);
        await cloud.IngestAsync(went);
        await cloud.IngestAsync(came);

        Assert.Equal(new Connection(false, Noon.AddSeconds(2)), (await cloud.TwinAsync(device)).Connection);
    }

    [Fact]
    public async Task A_device_that_is_made_at_the_hub_is_taken_on_without_touching_its_keys()
    {
        await using var cloud = await TestCloud.OpenAsync();

        await cloud.IngestAsync(Event(MessageSource.DeviceLifecycle, "createDeviceIdentity", """{"deviceId":"d"}""", 0));

        var found = await cloud.One.Devices.FindByHubIdAsync("d", TestCloud.Cancellation);
        Assert.Equal(TestCloud.Tenant, found?.Tenant);
        var keys = await cloud.One.Devices.GetKeysAsync(TestCloud.Tenant, found!.Value.Device.Value.Id, TestCloud.Cancellation);
        Assert.True(keys is { Primary: null, Secondary: null, Thumbprints: [] });
    }

    [Fact]
    public async Task A_device_that_nobody_may_add_is_a_dead_letter()
    {
        await using var cloud = await TestCloud.OpenAsync(new TenantSettings { UnknownDevices = UnknownDevices.DeadLetter });

        await cloud.IngestAsync(Event(MessageSource.DeviceLifecycle, "createDeviceIdentity", "{}", 0), Twin("""{"properties":{}}"""));

        Assert.Equal(2, (await cloud.DeadLettersAsync()).Count);
    }

    [Fact]
    public async Task A_device_that_is_deleted_at_the_hub_is_gone_from_it_but_not_from_here()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.IngestAsync(Event(MessageSource.ConnectionState, "deviceConnected", "{}", 1));

        await cloud.IngestAsync(Event(MessageSource.DeviceLifecycle, "deleteDeviceIdentity", "{}", 2));

        Assert.False((await cloud.TwinAsync(device)).Connection!.Connected);
    }

    [Theory]
    [InlineData("updateTwin", "")]
    [InlineData("updateTwin", "[]")]
    [InlineData("updateTwin", """{"properties":5}""")]
    [InlineData("updateTwin", """{"properties":{"reported":{"$version":"x"}}}""")]
    [InlineData("updateTwin", """{"properties":{"reported":{"a":1,"a":2,"$version":2}}}""")]
    [InlineData("burnTwin", "{}")]
    public async Task An_event_that_cannot_be_read_is_a_dead_letter_of_its_devices_tenant(string operation, string body)
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");

        await cloud.IngestAsync(Twin(body, 0, operation));

        Assert.Single(await cloud.DeadLettersAsync());
        Assert.Empty(await cloud.DeadLettersAsync(Partitions.System));
    }

    private static async Task PatchAsync(TestCloud cloud, DeviceTwin device, int interval) =>
        await cloud.One.Service.PatchDesiredAsync(
            TestCloud.Tenant,
            device.Id,
            new() { ["interval"] = interval },
            null,
            TestCloud.Cancellation
        );

    private static DeviceMessage Desired(int interval, int version) =>
        Twin($$$$"""{"properties":{"desired":{"interval":{{{{interval}}}},"$version":{{{{version}}}}}}}""", 2);

    private static DeviceMessage Twin(string body, int second = 0, string operation = "updateTwin") =>
        Event(MessageSource.TwinChange, operation, body, second);

    private static DeviceMessage Event(MessageSource source, string operation, string body, int second) =>
        new(
            "d",
            System.Text.Encoding.UTF8.GetBytes(body),
            Noon.AddMinutes(1),
            source,
            DeviceMessage.NoProperties,
            new Dictionary<string, string> { ["opType"] = operation, ["operationTimestamp"] = Noon.AddSeconds(second).ToString("O") }
        );
}
