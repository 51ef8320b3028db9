using System.Text;
using Serverless.Dialects.Proficloud;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Tests.Proficloud;

public sealed class ProficloudPayloadDecoderTests
{
    private static readonly DateTimeOffset Enqueued = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"data":{"humidity":12.0,"temp":2.0}}""", "humidity=12@- temp=2@-")]
    [InlineData("""{"data":{"timestamp":12343423423,"humidity":12.0,"temp":2.0}}""", "humidity=12@12343423423 temp=2@12343423423")]
    [InlineData(
        """{"data":[{"timestamp":12343423423,"humidity":12.0,"temp":2.0},{"timestamp":12343423425,"humidity":13.0,"temp":21.0}]}""",
        "humidity=12@12343423423 temp=2@12343423423 humidity=13@12343423425 temp=21@12343423425"
    )]
    [InlineData("""{"data":[]}""", "")]
    [InlineData("""{"data":{}}""", "")]
    public void Data_are_readings_with_times_of_their_own(string json, string expected)
    {
        Assert.True(TryDecode(json, out var readings));
        Assert.Equal(
            expected,
            string.Join(' ', readings.Values.Select(r => $"{r.Measurement}={r.Value}@{(r.Time is { } t ? t / 1_000_000 : "-")}"))
        );
    }

    [Fact]
    public void Config_names_the_device_and_tells_of_it()
    {
        Assert.True(
            TryDecode(
                """
                {"config":{"uuid":"873c543f-d3bd-43e1-bc47-982c0109566f","serialNumber":"S1","firmwareVersion":"1.2","hardwareVersion":"B"}}
                """,
                out var readings
            )
        );

        Assert.Equal(new ExternalId("uuid", "873c543f-d3bd-43e1-bc47-982c0109566f"), readings.Subject);
        Assert.Equal(("S1", "1.2", "B"), (readings.SerialNumber, readings.Firmware, readings.Hardware));
    }

    [Theory]
    [InlineData("trafficlight", 0, HealthColor.Green)]
    [InlineData("trafficlight", 1, HealthColor.Orange)]
    [InlineData("trafficLight", 2, HealthColor.Red)]
    public void A_traffic_light_is_read_in_both_spellings(string name, int color, HealthColor expected)
    {
        Assert.True(TryDecode($$$"""{"{{{name}}}":{"color":{{{color}}},"msg":"Some errors"}}""", out var readings));
        Assert.Equal(new Health(expected, "Some errors", Enqueued), readings.Health);
    }

    [Fact]
    public void A_log_line_has_level_tag_and_message()
    {
        Assert.True(TryDecode("""{"log":{"level":4,"tag":"Node-RED","msg":"System started"}}""", out var readings));
        Assert.Equal(new DeviceLogLine("", Enqueued, 4, "Node-RED", "System started"), Assert.Single(readings.Log));
    }

    [Fact]
    public void Members_come_in_any_selection_and_order()
    {
        Assert.True(
            TryDecode(
                """
                {"log":{"level":0,"tag":"a","msg":"b"},"trafficlight":{"msg":"ok","color":0},"data":{"temp":1},"config":{}}
                """,
                out var readings
            )
        );

        Assert.Equal((1, 1, "ok"), (readings.Log.Count, readings.Values.Count, readings.Health?.Message));
        Assert.Null(readings.Subject);
    }

    [Theory]
    [InlineData("""{"temp":21.5}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""5""")]
    [InlineData("""{"data":5}""")]
    [InlineData("""{"data":{"temp":1},"temp":2}""")]
    [InlineData("""{"config":"x"}""")]
    [InlineData("""{"log":[{"level":1}]}""")]
    [InlineData("""{"Data":{"temp":1}}""")]
    public void Another_form_is_left_to_others_with_nothing_added(string json)
    {
        Assert.False(TryDecode(json, out var readings));
        Assert.Empty(readings.Values);
    }

    [Theory]
    [InlineData("""{"config":{"uuid":"pump"}}""", "config.uuid is a UUID.")]
    [InlineData("""{"config":{"uuid":5}}""", "config.uuid is a UUID.")]
    [InlineData("""{"data":[1]}""", "data is an object, or an array of objects.")]
    [InlineData("""{"data":[{"temp":1},null]}""", "data is an object, or an array of objects.")]
    [InlineData("""{"trafficlight":{"color":3,"msg":"x"}}""", "trafficlight has a color of 0, 1 or 2 and a text msg.")]
    [InlineData("""{"trafficlight":{"color":-1,"msg":"x"}}""", "trafficlight has a color of 0, 1 or 2 and a text msg.")]
    [InlineData("""{"trafficlight":{"color":"red","msg":"x"}}""", "trafficlight has a color of 0, 1 or 2 and a text msg.")]
    [InlineData("""{"trafficlight":{"color":1.5,"msg":"x"}}""", "trafficlight has a color of 0, 1 or 2 and a text msg.")]
    [InlineData("""{"trafficlight":{"color":1}}""", "trafficlight has a color of 0, 1 or 2 and a text msg.")]
    [InlineData("""{"log":{"level":5,"tag":"a","msg":"b"}}""", "log has a level from 0 to 4, a text tag and a text msg.")]
    [InlineData("""{"log":{"level":1,"msg":"b"}}""", "log has a level from 0 to 4, a text tag and a text msg.")]
    [InlineData("""{"log":{"level":1,"tag":"a","msg":null}}""", "log has a level from 0 to 4, a text tag and a text msg.")]
    [InlineData("""{"data":{"timestamp":"soon","temp":1}}""", "A timestamp is a number of milliseconds since 1970, or a time in ISO 8601.")]
    public void A_wrong_member_is_refused_by_name(string json, string reason) =>
        Assert.Equal(reason, Assert.Throws<PayloadException>(() => TryDecode(json, out _)).Message);

    [Fact]
    public void A_second_payload_behind_the_first_is_not_lost_in_silence() =>
        Assert.ThrowsAny<Exception>(() => TryDecode("""{"data":{"temp":1}}{"data":{"temp":2}}""", out _));

    private static bool TryDecode(string json, out Readings readings)
    {
        readings = new Readings();
        var message = new DeviceMessage(
            "d",
            Encoding.UTF8.GetBytes(json),
            Enqueued,
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            DeviceMessage.NoProperties
        );
        return new ProficloudPayloadDecoder().TryDecode(message, null!, readings);
    }
}
