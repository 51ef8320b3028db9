using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Telemetry;

public sealed class PipelineTests
{
    [Fact]
    public async Task A_message_that_cannot_be_read_does_not_hold_up_its_batch()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");

        await cloud.IngestAsync(
            cloud.Message("d", """{"temp":1}"""),
            cloud.Message("d", """{"temp":""", 1),
            cloud.Message("d", "", 2),
            cloud.Message("d", """{"temp":"\ud800"}""", 3),
            cloud.Message("d", """{"temp":1e999}""", 4),
            cloud.Message("d", "5", 5),
            cloud.Message("d", """{"temp":7}""") with
            {
                EnqueuedTime = DateTimeOffset.MaxValue,
            },
            cloud.Message("d", """{"temp":8}""") with
            {
                EnqueuedTime = new DateTimeOffset(2026, 3, 1, 12, 0, 7, TimeSpan.Zero),
                Source = MessageSource.TwinChange,
            },
            cloud.Message("d", """{"temp":2}""", 8)
        );

        Assert.Equal("0:1 8:2", await cloud.PointsAsync(device, "temp"));
        Assert.Equal(7, (await cloud.DeadLettersAsync()).Count);
    }

    [Fact]
    public async Task A_message_that_the_stores_do_not_take_is_a_dead_letter_and_its_batch_goes_on()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var noise = new byte[1_000_000];
        new Random(1).NextBytes(noise);
        var huge = cloud.Message("d", $$"""{"temp":"{{Convert.ToBase64String(noise)}}"}""", 1);

        await cloud.IngestAsync(cloud.Message("d", """{"temp":1}"""), huge, cloud.Message("d", """{"temp":2}""", 2));

        Assert.Equal("0:1 2:2", await cloud.PointsAsync(device, "temp"));
        Assert.Equal(huge.Body.ToArray(), Assert.Single(await cloud.DeadLettersAsync(Partitions.System)).Body);
    }

    [Fact]
    public async Task A_dead_letter_is_the_same_when_its_message_comes_again()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");

        await cloud.IngestAsync(cloud.Message("d", "5"), cloud.Message("d", "5"));
        await cloud.IngestAsync(cloud.Message("d", "5"));

        var letter = Assert.Single(await cloud.DeadLettersAsync());
        Assert.Equal(("d", "A payload is a JSON object, or an array of objects."), (letter.Source, letter.Reason));
        Assert.Equal("5"u8, letter.Body);
    }

    [Fact]
    public async Task Dead_letters_beyond_one_commit_are_all_kept()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");

        await cloud.IngestAsync([.. Enumerable.Range(0, 250).Select(i => cloud.Message("d", "5", i))]);

        Assert.Equal(250, await cloud.CountAsync(Kinds.DeadLetter));
    }

    [Fact]
    public async Task A_disabled_devices_messages_are_dead_letters_at_once_and_no_longer_when_it_is_enabled()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.IngestAsync(cloud.Message("d", """{"temp":1}"""));
        await Enable(cloud, device, false);
        await cloud.IngestAsync(cloud.Message("d", """{"temp":2}""", 1));
        await Enable(cloud, device, true);
        await cloud.IngestAsync(cloud.Message("d", """{"temp":3}""", 2));

        Assert.Equal("0:1 2:3", await cloud.PointsAsync(device, "temp"));
        Assert.Equal("The device is disabled.", Assert.Single(await cloud.DeadLettersAsync()).Reason);
    }

    [Fact]
    public async Task What_was_read_before_a_change_is_not_remembered_after_it()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var instance = cloud.Instance();

        // The change comes when the device has been read and is about to be remembered.
        cloud.Store.AfterGet = async key =>
        {
            if (key.Kind == Kinds.Device)
            {
                cloud.Store.AfterGet = _ => Task.CompletedTask;
                await instance.Service.UpdateAsync(
                    TestCloud.Tenant,
                    device.Id,
                    twin => twin with { Enabled = false },
                    null,
                    IngestSetup.Cancellation
                );
            }
        };
        await instance.Pipeline.IngestAsync([cloud.Message("d", """{"temp":1}""")], IngestSetup.Cancellation);
        await instance.Pipeline.IngestAsync([cloud.Message("d", """{"temp":2}""", 1)], IngestSetup.Cancellation);

        Assert.Equal("0:1", await cloud.PointsAsync(device, "temp"));
    }

    [Fact]
    public async Task What_comes_again_changes_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        DeviceMessage[] messages =
        [
            cloud.Message("d", """{"temp":{"value":1,"unit":"C"}}"""),
            cloud.Message("d", """{"test":{"color":2,"firmware":"1.0","log":"started"}}""", 1),
        ];
        await cloud.IngestAsync(messages);
        var before = await cloud.One.Devices.GetAsync(TestCloud.Tenant, device.Id, IngestSetup.Cancellation);
        var sequence = await cloud.One.Changes.GetLastAsync(TestCloud.Tenant, IngestSetup.Cancellation);

        await cloud.IngestAsync(messages);
        await cloud.Instance().Pipeline.IngestAsync(messages, IngestSetup.Cancellation);

        var after = await cloud.One.Devices.GetAsync(TestCloud.Tenant, device.Id, IngestSetup.Cancellation);
        Assert.Equal(before.ETag, after.ETag);
        Assert.Equal(sequence, await cloud.One.Changes.GetLastAsync(TestCloud.Tenant, IngestSetup.Cancellation));
        Assert.Equal("0:1", await cloud.PointsAsync(device, "temp"));
        Assert.Equal(1, await cloud.CountAsync(Kinds.DeviceLog));
    }

    [Fact]
    public async Task An_older_message_does_not_replace_what_a_newer_one_told()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.IngestAsync(cloud.Message("d", """{"test":{"color":2,"firmware":"2.0"}}""", 10));

        await cloud
            .Instance()
            .Pipeline.IngestAsync([cloud.Message("d", """{"test":{"color":0,"firmware":"1.0"}}""", 5)], IngestSetup.Cancellation);

        var twin = await cloud.TwinAsync(device);
        Assert.Equal((HealthColor.Red, "2.0"), (twin.Health!.Color, twin.Firmware));
        Assert.Equal(cloud.Time.GetUtcNow().AddSeconds(10), twin.LastMessage);
    }

    [Fact]
    public async Task A_partial_message_erases_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");

        await cloud.IngestAsync(cloud.Message("d", """{"test":{"color":2,"firmware":"2.0"}}"""));
        await cloud.IngestAsync(cloud.Message("d", """{"test":{"firmware":"2.1"}}""", 1));
        await cloud.IngestAsync(cloud.Message("d", """{"temp":1}""", 120));

        var twin = await cloud.TwinAsync(device);
        Assert.Equal((HealthColor.Red, "2.1"), (twin.Health!.Color, twin.Firmware));
    }

    [Fact]
    public async Task Telemetry_alone_writes_a_twin_once_a_minute()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        await cloud.IngestAsync(cloud.Message("d", """{"temp":1}"""));
        var commits = cloud.Store.Commits;

        for (var second = 1; second < 60; second++)
        {
            await cloud.IngestAsync(cloud.Message("d", """{"temp":1}""", second));
        }

        Assert.Equal(commits, cloud.Store.Commits);
        await cloud.IngestAsync(cloud.Message("d", """{"temp":1}""", 60));
        Assert.Equal(cloud.Time.GetUtcNow().AddMinutes(1), (await cloud.TwinAsync(device)).LastMessage);
    }

    [Fact]
    public async Task Channels_are_numbered_once_whoever_meets_them_first()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var instances = Enumerable.Range(0, 4).Select(_ => cloud.Instance()).ToList();

        await Task.WhenAll(
            instances.Select(
                (instance, i) =>
                    Task.Run(() =>
                        instance.Pipeline.IngestAsync(
                            [
                                .. Enumerable
                                    .Range(0, 5)
                                    .Select(n => cloud.Message("d", $$$"""{"m{{{(n + i) % 6}}}":{"value":1,"unit":"u"}}""", i)),
                            ],
                            IngestSetup.Cancellation
                        )
                    )
            )
        );

        var channels = (await cloud.TwinAsync(device)).Channels;
        Assert.Equal(["m0", "m1", "m2", "m3", "m4", "m5"], channels.Select(channel => channel.Measurement).Order());
        Assert.Equal([1, 2, 3, 4, 5, 6], channels.Select(channel => channel.Number).Order());
        Assert.All(channels, channel => Assert.Equal("u", channel.Unit));
    }

    [Fact]
    public async Task A_unit_that_comes_later_is_learned_and_what_people_set_on_a_channel_stays()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d", new NewDevice { Channels = [new Channel(4, "temp", "value") { Offset = 2 }] });

        await cloud.IngestAsync(cloud.Message("d", """{"temp":1}"""));
        await cloud.IngestAsync(cloud.Message("d", """{"temp":{"value":2,"unit":"C"}}""", 1));

        Assert.Equal([new Channel(4, "temp", "value") { Offset = 2, Unit = "C" }], (await cloud.TwinAsync(device)).Channels);
    }

    [Fact]
    public async Task A_twin_that_somebody_changes_meanwhile_takes_both_changes()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var other = cloud.Instance();
        cloud.Store.OnceBefore(
            Kinds.Device,
            () =>
                other.Service.UpdateAsync(
                    TestCloud.Tenant,
                    device.Id,
                    twin => twin with { Name = "renamed" },
                    null,
                    IngestSetup.Cancellation
                )
        );

        await cloud.IngestAsync(cloud.Message("d", """{"test":{"color":1,"temp":1}}"""));

        var twin = await cloud.TwinAsync(device);
        Assert.Equal(("renamed", HealthColor.Orange, 1), (twin.Name, twin.Health!.Color, twin.Channels.Count));
        Assert.Equal(3, twin.Version);
    }

    [Fact]
    public async Task A_device_that_goes_meanwhile_stops_nobody()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var gone = await cloud.AddDeviceAsync("gone");
        var there = await cloud.AddDeviceAsync("there");
        cloud.Store.OnceBefore(
            Kinds.Device,
            () => cloud.Instance().Service.DeleteAsync(TestCloud.Tenant, gone.Id, null, IngestSetup.Cancellation)
        );

        await cloud.IngestAsync(cloud.Message("gone", """{"test":{"color":1}}"""), cloud.Message("there", """{"test":{"color":1}}"""));

        Assert.Equal(HealthColor.Orange, (await cloud.TwinAsync(there)).Health!.Color);
        Assert.Null(await cloud.FindAsync("gone"));
    }

    [Fact]
    public async Task Readings_are_changes_only_where_somebody_listens()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var heard = await cloud.AddDeviceAsync("heard");
        await cloud.AddDeviceAsync("unheard");
        await cloud.One.Listeners.ListenAsync(TestCloud.Tenant, "l", TelemetryPipeline.ChangeKind, heard.Id, IngestSetup.Cancellation);

        await cloud.IngestAsync(
            cloud.Message("heard", """{"temp":{"value":1.5,"unit":"C"},"on":true,"c":{"d":"x"}}"""),
            cloud.Message("unheard", """{"temp":1}""")
        );

        var changes = await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, IngestSetup.Cancellation);
        var change = Assert.Single(changes, change => change.Kind == TelemetryPipeline.ChangeKind);
        Assert.Equal((heard.Id, "create"), (change.Source, change.Action));
        var expected = JsonNode.Parse(
            $$$$"""
            {"device":"{{{{heard.Id}}}}","uuid":"{{{{heard.Uuid}}}}","time":"2026-03-01T12:00:00+00:00",
             "values":{"temp":{"value":1.5},"on":{"value":true},"c":{"d":"x"}},"units":{"temp":{"value":"C"}}}
            """
        );
        Assert.Equal(expected!.ToJsonString(), change.Body.ToJsonString());
    }

    [Fact]
    public async Task Where_the_documents_are_away_nothing_is_acknowledged_and_the_same_batch_succeeds_later()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        var message = cloud.Message("d", """{"test":{"color":1,"temp":1}}""");
        cloud.Store.GoAway();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => cloud.IngestAsync(message));
        cloud.Store.ComeBack();
        await cloud.IngestAsync(message);

        Assert.Equal("0:1", await cloud.PointsAsync(device, "temp"));
        Assert.Equal(HealthColor.Orange, (await cloud.TwinAsync(device)).Health!.Color);
    }

    [Fact]
    public async Task Where_the_series_are_away_nothing_is_acknowledged()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        var instance = cloud.Instance(new AwaySeries());

        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            instance.Pipeline.IngestAsync([cloud.Message("d", """{"temp":1}""")], IngestSetup.Cancellation)
        );
    }

    private static async Task Enable(TestCloud cloud, DeviceTwin device, bool enabled) =>
        await cloud.One.Service.UpdateAsync(
            TestCloud.Tenant,
            device.Id,
            twin => twin with { Enabled = enabled },
            null,
            IngestSetup.Cancellation
        );

    private sealed class AwaySeries : ISeriesWriter
    {
        public Func<CancellationToken, Task> Prepare(string tenant, string database, IReadOnlyList<Point> points) =>
            _ => Task.FromException(new StoreUnavailableException("The store is away."));
    }
}
