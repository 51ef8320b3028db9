using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Telemetry;

/// <summary>What decoders and splitters tell the pipeline beside readings: whose they are, the message itself, channel numbers.</summary>
public sealed class DecodedMessageTests
{
    [Fact]
    public async Task A_message_of_several_is_several_and_one_that_cannot_be_read_is_a_dead_letter_alone()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var child = new ExternalId("tuid", "T1");
        var other = (
            await cloud.One.Service.CreateAsync(TestCloud.Tenant, new NewDevice { ExternalIds = [new ExternalId("tuid", "T2")] }, default)
        ).Value;

        var parts = """{"parts":[{"temp":1},{"test":{"subject":"T1","temp":2}},{"test":{"subject":"T2","temp":3}},{"temp":"\ud800"}]}""";
        await cloud.IngestAsync(cloud.Message("d", parts));

        Assert.Equal("0:1", await cloud.PointsAsync(device, "temp"));
        var made = (await cloud.One.Devices.FindByExternalIdAsync(TestCloud.Tenant, child, default))!.Value;
        Assert.Equal(("0:2", device.Id), (await cloud.PointsAsync(made, "temp"), Assert.Single(made.Parents)));
        Assert.Equal("", await cloud.PointsAsync(other, "temp"));
        Assert.Equal(
            ["The payload is of device T2, which is not behind the device that sent it.", "The payload is no well-formed JSON"],
            (await cloud.DeadLettersAsync()).Select(letter => letter.Reason.Split(':')[0]).OrderDescending()
        );

        await cloud.One.Service.UpdateAsync(TestCloud.Tenant, device.Id, twin => twin with { Relays = true }, null, default);
        await cloud.IngestAsync(cloud.Message("d", parts, 1));
        Assert.Equal("1:3", await cloud.PointsAsync(other, "temp"));
    }

    [Fact]
    public async Task A_message_that_is_kept_has_no_channel_and_is_told_to_those_who_listen_for_messages()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.One.Listeners.ListenAsync(TestCloud.Tenant, "l", "messages", null, default);
        await cloud.One.Listeners.ListenAsync(TestCloud.Tenant, "m", "measurements", null, default);

        await cloud.IngestAsync(cloud.Message("d", """{"test":{"message":"as sent","channel":9,"temp":2}}"""));

        Assert.Equal("0:as sent", await cloud.PointsAsync(device, "$message", "test"));
        Assert.Equal([9], (await cloud.TwinAsync(device)).Channels.Select(channel => channel.Number));
        var changes = await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, default);
        Assert.Equal("as sent", (string?)Assert.Single(changes, change => change.Kind == "messages").Body["text"]);
        Assert.Equal(
            """{"temp":{"value":2}}""",
            Assert.Single(changes, change => change.Kind == "measurements").Body["values"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task Channels_get_the_number_that_they_ask_for_or_the_lowest_that_is_free_and_not_reserved()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.IngestAsync(cloud.Message("d", """{"test":{"channel":255,"temp":2}}"""));
        await cloud.IngestAsync(cloud.Message("d", "{" + string.Join(',', Enumerable.Range(0, 253).Select(i => $"\"c{i}\":1")) + "}", 1));

        Assert.Equal(
            [255, .. Enumerable.Range(1, 251), 256, 257],
            (await cloud.TwinAsync(device)).Channels.Select(channel => channel.Number)
        );
    }

    [Fact]
    public async Task A_change_of_readings_has_the_message_that_they_came_with()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await cloud.One.Listeners.ListenAsync(TestCloud.Tenant, "m", "measurements", null, default);

        await cloud.IngestAsync(cloud.Message("d", """{"test":{"message":"as sent","temp":2}}"""));
        await cloud.IngestAsync(cloud.Message("d", """{"test":{"message":"no value"}}""", 1));
        await cloud.IngestAsync(cloud.Message("d", """{"test":{"message":"told all the same","tells":true}}""", 2));

        var changes = await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, default);
        Assert.Equal(
            ["""{"temp":{"value":2}} {"form":"test","text":"as sent"}""", """{} {"form":"test","text":"told all the same"}"""],
            changes
                .Where(change => change.Kind == "measurements")
                .Select(change => $"{change.Body["values"]!.ToJsonString()} {change.Body["message"]!.ToJsonString()}")
        );
    }

    [Theory]
    [InlineData("persistent", "0:2", 1)]
    [InlineData("quiescent", "0:2", 0)]
    [InlineData("transient", "", 1)]
    [InlineData("cep", "", 0)]
    public async Task The_mode_says_whether_readings_are_stored_and_told(string mode, string points, int told)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.One.Listeners.ListenAsync(TestCloud.Tenant, "m", "measurements", null, default);

        await cloud.IngestAsync(cloud.Message("d", """{"test":{"firmware":"2","temp":2}}""") with { Properties = Mode(mode) });

        Assert.Equal(points, await cloud.PointsAsync(device, "temp"));
        var twin = await cloud.TwinAsync(device);
        Assert.Equal(points.Length > 0 ? (1, "2") : (0, null), (twin.Channels.Count, twin.Firmware));
        Assert.NotNull(twin.LastMessage);
        var changes = await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, default);
        Assert.Equal(told, changes.Count(change => change.Kind == "measurements"));
    }

    [Fact]
    public async Task A_mode_that_is_none_is_a_dead_letter()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");

        await cloud.IngestAsync(cloud.Message("d", """{"temp":2}""") with { Properties = Mode("PERSISTENT") });

        Assert.Equal(
            "The mode of a message is persistent, transient, quiescent or cep.",
            Assert.Single(await cloud.DeadLettersAsync()).Reason
        );
    }

    [Fact]
    public async Task A_device_that_a_door_has_found_is_asked_for_no_more_and_what_another_sends_is_no_sign_of_its_life()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var found = new FoundDevice(TestCloud.Tenant, await cloud.One.Devices.GetAsync(TestCloud.Tenant, device.Id, default));

        await cloud.IngestAsync(cloud.Message("nobody", """{"temp":2}""") with { Device = found, IsHeartbeat = false });
        var silent = await cloud.TwinAsync(device);
        await cloud.IngestAsync(cloud.Message("nobody", """{"temp":3}""", 1) with { Device = found });

        Assert.Equal("0:2 1:3", await cloud.PointsAsync(device, "temp"));
        Assert.Equal((1, null), (silent.Channels.Count, silent.LastMessage));
        Assert.NotNull((await cloud.TwinAsync(device)).LastMessage);
    }

    [Fact]
    public async Task A_channel_takes_the_unit_that_readings_come_in_now()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");

        foreach (var (unit, second) in new[] { ("C", 0), ("F", 1) })
        {
            await cloud.IngestAsync(cloud.Message("d", $$$"""{"temp":{"value":2,"unit":"{{{unit}}}"}}""", second));
            Assert.Equal(unit, Assert.Single((await cloud.TwinAsync(device)).Channels).Unit);
        }
    }

    private static Dictionary<string, string> Mode(string mode) => new() { [DeviceMessage.ModeProperty] = mode };
}
