using System.Text.Json.Nodes;
using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Devices;

/// <summary>Devices that are silent for longer than is required of them.</summary>
public sealed class AvailabilityTests
{
    [Theory]
    [InlineData(null, 0, null)]
    [InlineData("15", 0, "Available Disconnected")]
    [InlineData("15", 15, "Available Disconnected")]
    [InlineData("15", 16, "Unavailable Disconnected")]
    [InlineData("0", 100, "Maintenance Maintenance")]
    [InlineData("-1", 100, "Maintenance Maintenance")]
    [InlineData("\"15\"", 16, "Unavailable Disconnected")]
    [InlineData("14.2", 15, "Available Disconnected")]
    [InlineData("\"soon\"", 100, null)]
    [InlineData("null", 100, null)]
    [InlineData("2147483647", 100, "Available Disconnected")]
    [InlineData("1e300", 100, "Available Disconnected")]
    public async Task The_interval_says_what_a_device_is(string? interval, int minutes, string? expected)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await AddAsync(cloud, interval);
        cloud.Time.Advance(TimeSpan.FromMinutes(minutes));
        var known = DeviceAvailability.Of(await cloud.TwinAsync(device), cloud.Time.GetUtcNow());
        Assert.Equal(expected, known is null ? null : $"{known.Data} {known.Connection}");
    }

    [Fact]
    public async Task A_silent_device_has_an_alarm_once_and_a_message_clears_it_at_once()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var watch = Watch(cloud);
        var device = await AddAsync(cloud, "15");
        await SendAsync(cloud, device);
        cloud.Time.Advance(TimeSpan.FromMinutes(15));
        await watch.RunAsync(TestCloud.Cancellation);
        Assert.Empty(await AlarmsAsync(cloud));

        cloud.Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 3; i++)
        {
            await watch.RunAsync(TestCloud.Cancellation);
            await Watch(cloud).RunAsync(TestCloud.Cancellation);
            cloud.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(
            ["c8y_UnavailabilityAlarm Major Active 1 No data received from the device within the required interval."],
            await AlarmsAsync(cloud)
        );
        Assert.Equal(DataStatus.Unavailable, (await cloud.TwinAsync(device)).Availability);
        Assert.False(watch.Heard.IsCompleted);

        await SendAsync(cloud, device);
        Assert.True(watch.Heard.IsCompleted);
        await watch.ClearHeardAsync(TestCloud.Cancellation);
        Assert.Equal(
            ["c8y_UnavailabilityAlarm Major Cleared 1 No data received from the device within the required interval."],
            await AlarmsAsync(cloud)
        );
        Assert.Equal(DataStatus.Available, (await cloud.TwinAsync(device)).Availability);

        cloud.Time.Advance(TimeSpan.FromMinutes(16));
        await watch.RunAsync(TestCloud.Cancellation);
        Assert.Equal(2, (await AlarmsAsync(cloud)).Count);
    }

    [Fact]
    public async Task A_device_that_was_never_heard_is_silent_since_it_was_made()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await AddAsync(cloud, "15");
        cloud.Time.Advance(TimeSpan.FromMinutes(17));
        await Watch(cloud).RunAsync(TestCloud.Cancellation);
        Assert.Single(await AlarmsAsync(cloud));
    }

    [Fact]
    public async Task What_an_instance_has_left_that_died_another_one_clears()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await AddAsync(cloud, "15");
        cloud.Time.Advance(TimeSpan.FromMinutes(17));
        await Watch(cloud).RunAsync(TestCloud.Cancellation);
        await SendAsync(cloud, device);
        await Watch(cloud).RunAsync(TestCloud.Cancellation);
        Assert.Contains("Cleared", Assert.Single(await AlarmsAsync(cloud)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("60")]
    [InlineData(null)]
    public async Task Maintenance_and_a_longer_interval_end_the_silence(string? interval)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var watch = Watch(cloud);
        var device = await AddAsync(cloud, "15");
        cloud.Time.Advance(TimeSpan.FromMinutes(17));
        await watch.RunAsync(TestCloud.Cancellation);
        await cloud.One.Devices.UpdateAsync(
            TestCloud.Tenant,
            device.Id,
            twin => twin with { Fragments = Fragments(interval) },
            null,
            TestCloud.Cancellation
        );
        await watch.RunAsync(TestCloud.Cancellation);
        Assert.Contains("Cleared", Assert.Single(await AlarmsAsync(cloud)));
    }

    [Fact]
    public async Task The_change_log_tells_of_silence_and_of_its_end()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await AddAsync(cloud, "15");
        cloud.Time.Advance(TimeSpan.FromMinutes(17));
        await Watch(cloud).RunAsync(TestCloud.Cancellation);
        await SendAsync(cloud, device);
        var told = await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, TestCloud.Cancellation);
        var states = told.Where(change => change.Kind == DeviceDirectory.ChangeKind)
            .Select(change => $"{change.Body["availability"]}")
            .ToList();

        // The alarm's own count on the twin is told too, with the state that the device then has.
        Assert.Equal(["Available", "Unavailable", "Available"], states.Where((state, i) => i == 0 || state != states[i - 1]));
    }

    [Fact]
    public async Task A_session_and_a_poll_connect_a_device_for_as_long_as_they_last()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var connections = new PushConnections(cloud.One.Devices, cloud.Time);
        var device = await AddAsync(cloud, "60");
        var first = cloud.Time.GetUtcNow();
        await connections.OpenAsync(TestCloud.Tenant, device.Id, first, TestCloud.Cancellation);
        Assert.Equal(ConnectionStatus.Connected, await StatusAsync(cloud, device));
        cloud.Time.Advance(PushConnections.Renewal);
        await connections.OpenAsync(TestCloud.Tenant, device.Id, first, TestCloud.Cancellation);
        var second = cloud.Time.GetUtcNow();
        await connections.OpenAsync(TestCloud.Tenant, device.Id, second, TestCloud.Cancellation);
        await connections.OpenAsync(TestCloud.Tenant, device.Id, first, TestCloud.Cancellation);
        await connections.CloseAsync(TestCloud.Tenant, device.Id, first, TestCloud.Cancellation);
        Assert.Equal(ConnectionStatus.Connected, await StatusAsync(cloud, device));
        await connections.SeenAsync(TestCloud.Tenant, device.Id, second, TestCloud.Cancellation);
        Assert.Equal(ConnectionStatus.Connected, await StatusAsync(cloud, device));
        cloud.Time.Advance(PushConnections.Lease);
        Assert.Equal(ConnectionStatus.Disconnected, await StatusAsync(cloud, device));

        await connections.SeenAsync(TestCloud.Tenant, device.Id, cloud.Time.GetUtcNow().AddMinutes(1), TestCloud.Cancellation);
        Assert.Equal(ConnectionStatus.Connected, await StatusAsync(cloud, device));
        await connections.SeenAsync(TestCloud.Tenant, device.Id, cloud.Time.GetUtcNow(), TestCloud.Cancellation);
        Assert.Equal(ConnectionStatus.Disconnected, await StatusAsync(cloud, device));
        await connections.OpenAsync(TestCloud.Tenant, "404", second, TestCloud.Cancellation);
    }

    [Fact]
    public async Task A_session_whose_process_has_died_ends_and_that_is_told()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await AddAsync(cloud, "60");
        await new PushConnections(cloud.One.Devices, cloud.Time).OpenAsync(
            TestCloud.Tenant,
            device.Id,
            cloud.Time.GetUtcNow(),
            TestCloud.Cancellation
        );
        var version = (await cloud.TwinAsync(device)).Version;
        await Watch(cloud).RunAsync(TestCloud.Cancellation);
        Assert.NotNull((await cloud.TwinAsync(device)).Push);
        cloud.Time.Advance(PushConnections.Lease);
        await Watch(cloud).RunAsync(TestCloud.Cancellation);
        var twin = await cloud.TwinAsync(device);
        Assert.Equal((null, version + 1), (twin.Push, twin.Version));
    }

    private static AvailabilityWatch Watch(TestCloud cloud)
    {
        var one = cloud.One;
        return new AvailabilityWatch(one.Tenants, one.Devices, one.Alarms, cloud.Time);
    }

    private static JsonObject Fragments(string? interval) =>
        interval is null ? [] : JsonNode.Parse($$$"""{"c8y_RequiredAvailability":{"responseInterval":{{{interval}}}}}""")!.AsObject();

    private static Task<DeviceTwin> AddAsync(TestCloud cloud, string? interval) =>
        cloud.AddDeviceAsync("d1", new NewDevice { Fragments = Fragments(interval) });

    private static Task SendAsync(TestCloud cloud, DeviceTwin device)
    {
        var body = "{\"temp\":1}"u8.ToArray();
        var message = new DeviceMessage(
            device.HubId,
            body,
            cloud.Time.GetUtcNow(),
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            DeviceMessage.NoProperties
        );
        return cloud.One.Pipeline.IngestAsync([message], TestCloud.Cancellation);
    }

    private static async Task<ConnectionStatus> StatusAsync(TestCloud cloud, DeviceTwin device) =>
        DeviceAvailability.Of(await cloud.TwinAsync(device), cloud.Time.GetUtcNow())!.Connection;

    private static async Task<IReadOnlyList<string>> AlarmsAsync(TestCloud cloud)
    {
        var alarms = new List<string>();
        await foreach (var alarm in cloud.One.Alarms.ListAsync(TestCloud.Tenant, null, TestCloud.Cancellation))
        {
            var (type, severity, status) = (alarm.Value.Type, alarm.Value.Severity, alarm.Value.Status);
            alarms.Add($"{type} {severity} {status} {alarm.Value.Count} {alarm.Value.Text}");
        }

        return alarms;
    }
}
