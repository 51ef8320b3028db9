using Serverless.Domain.Devices;
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
}
