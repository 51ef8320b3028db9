using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Tests.Telemetry;

public sealed class TwinUpdateTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DeviceTwin Twin = new()
    {
        Id = "1",
        Uuid = Guid.Empty,
        Name = "d",
        Created = Time,
        Updated = Time,
        LastMessage = Time,
        Health = new Health(HealthColor.Red, "hot", Time),
        SerialNumber = "S",
        Firmware = "2",
        Hardware = "H",
        InformationTime = Time,
        Channels = [new Channel(7, "temp", "value") { Unit = "C", Offset = 3 }],
    };

    [Fact]
    public void What_is_older_than_the_twin_changes_nothing() =>
        Assert.Equal(
            Twin,
            Apply(
                Time.AddSeconds(-1),
                new Readings
                {
                    Health = new Health(HealthColor.Green, "", Time.AddSeconds(-1)),
                    Firmware = "1",
                    SerialNumber = "R",
                }
            )
        );

    [Fact]
    public void What_comes_again_changes_nothing() =>
        Assert.Equal(
            Twin,
            Apply(
                Time,
                new Readings
                {
                    Health = Twin.Health,
                    Firmware = "2",
                    SerialNumber = "S",
                    Hardware = "H",
                }
            )
        );

    [Fact]
    public void What_a_message_leaves_out_stays()
    {
        var twin = Apply(Time.AddSeconds(1), new Readings { Firmware = "3" });

        Assert.Equal(Twin with { Firmware = "3", InformationTime = Time.AddSeconds(1), LastMessage = Time.AddSeconds(1) }, twin);
    }

    [Fact]
    public void An_older_message_still_tells_what_is_not_known()
    {
        var update = Update(Twin with { Hardware = null });
        update.Take(new Readings { Hardware = "G", Firmware = "1" }, Time.AddHours(-1));

        var twin = update.Apply(Twin with { Hardware = null });

        Assert.Equal(("G", "2"), (twin.Hardware, twin.Firmware));
    }

    [Fact]
    public void Of_a_batch_the_newest_counts_whatever_its_order()
    {
        var update = Update(Twin);
        update.Take(new Readings { Firmware = "4", Health = new Health(HealthColor.Green, "b", Time.AddSeconds(2)) }, Time.AddSeconds(2));
        update.Take(new Readings { Firmware = "3", Health = new Health(HealthColor.Orange, "a", Time.AddSeconds(1)) }, Time.AddSeconds(1));

        var twin = update.Apply(Twin);

        Assert.Equal(("4", HealthColor.Green), (twin.Firmware, twin.Health!.Color));
    }

    [Fact]
    public void New_channels_are_numbered_after_the_last_and_known_ones_keep_what_people_set()
    {
        var update = Update(Twin);
        update.TakeChannel(new Reading("temp", "value", FieldValue.Of(1.0), Unit: "K"));
        update.TakeChannel(new Reading("flow", "value", FieldValue.Of(1.0)));
        update.TakeChannel(new Reading("flow", "value", FieldValue.Of(1.0), Unit: "l/s"));
        update.TakeChannel(new Reading("flow", "max", FieldValue.Of(1.0)));

        Assert.Equal(
            [
                new Channel(7, "temp", "value") { Unit = "K", Offset = 3 },
                new Channel(8, "flow", "value") { Unit = "l/s" },
                new Channel(9, "flow", "max"),
            ],
            update.Apply(Twin).Channels
        );
    }

    [Fact]
    public void Channels_that_are_there_already_are_no_change()
    {
        var update = Update(Twin);
        update.LastMessage = Time;
        update.TakeChannel(new Reading("temp", "value", FieldValue.Of(1.0), Unit: "C"));

        Assert.Equal(Twin, update.Apply(Twin));
    }

    [Fact]
    public void A_device_has_two_thousand_channels_and_its_further_readings_teach_it_nothing()
    {
        var update = Update(Twin);
        for (var i = 0; i < 5000; i++)
        {
            update.TakeChannel(new Reading("m", $"f{i}", FieldValue.Of(1.0)));
        }

        var full = update.Apply(Twin);

        Assert.Equal(TwinUpdate.MostChannels, full.Channels.Count);
        Assert.True(Known(full).Knows(null, new Reading("m", "f4999", FieldValue.Of(1.0))));
        Assert.False(Known(Twin).Knows(null, new Reading("m", "f4999", FieldValue.Of(1.0))));
    }

    private static DeviceTwin Apply(DateTimeOffset time, Readings readings)
    {
        var update = Update(Twin);
        update.LastMessage = time;
        update.Take(readings, time);
        return update.Apply(Twin);
    }

    private static TwinUpdate Update(DeviceTwin twin) => new(Known(twin));

    private static KnownDevice Known(DeviceTwin twin) => new("t", new Stored<DeviceTwin>(twin, "e"), Time);
}
