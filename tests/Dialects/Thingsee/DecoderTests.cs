using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Tests.Thingsee;

public sealed class DecoderTests
{
    private static readonly DateTimeOffset Enqueued = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DeviceTwin Sender = new()
    {
        Id = "77",
        Uuid = Guid.NewGuid(),
        Name = "gateway",
        ExternalIds = [new ExternalId("tuid", "TSGW01")],
        Created = Enqueued,
        Updated = Enqueued,
    };

    [Theory]
    [InlineData("""{"tsmId":1110,"tsmEv":10,"tsmTs":5,"tsmTuid":"TSGW01","batl":86,"chrg":true}""", "batl=86 % chrg=true $message=…")]
    [InlineData(
        """{"tsmId":12100,"tsmEv":10,"tsmTs":5,"airp":101325.5,"humd":40,"temp":21.5,"lght":7}""",
        "airp=101325.5 Pa humd=40 % temp=21.5 °C lght=7 $message=…"
    )]
    [InlineData("""{"tsmId":24100,"tsmEv":10,"tsmTs":5,"carbonDioxide":400,"status":0}""", "carbonDioxide=400 ppm status=0 $message=…")]
    [InlineData("""{"tsmId":24101,"tsmEv":10,"tsmTs":5,"tvoc":3}""", "tvoc=3 ppb $message=…")]
    [InlineData("""{"tsmId":17100,"tsmEv":10,"tsmTs":5,"dist":1200,"status":0}""", "dist=1200 mm status=0 $message=…")]
    [InlineData("""{"tsmId":1212,"tsmEv":10,"tsmTs":5,"imei":"35","mcc_mnc":"24405"}""", "imei=35 mcc_mnc=24405 $message=…")]
    [InlineData("""{"tsmId":99123,"tsmEv":0,"tsmTs":5,"later":1.5,"on":false,"none":null}""", "later=1.5 on=false $message=…")]
    [InlineData(
        """{"tsmId":11200,"tsmEv":10,"tsmTs":5,"slotInterval":60,"heartbeats":[{"tuid":"A","slotBits":3}]}""",
        "slotInterval=60 $message=…"
    )]
    [InlineData("""{"tsmId":1300,"tsmEv":25,"binaries":[],"$message":"mine"}""", "$message=…")]
    public void Properties_are_measurements_with_their_units_and_the_header_is_none(string json, string expected)
    {
        Assert.True(TryDecode(json, out var readings));

        var shown = readings.Values.Select(reading =>
            reading.Measurement == Readings.MessageMeasurement
                ? "$message=…"
                : $"{reading.Measurement}={reading.Value}{(reading.Unit is { } unit ? " " + unit : "")}"
        );
        Assert.Equal(expected, string.Join(' ', shown));
        Assert.All(readings.Values.SkipLast(1), reading => Assert.Equal("value", reading.Field));
    }

    [Fact]
    public void Every_property_of_the_catalogue_is_decoded_with_its_unit()
    {
        var count = 0;
        foreach (var profile in ThingseeCatalogue.Profiles.Values)
        {
            var members = string.Concat(profile.Properties.Select((property, index) => $",\"{property.Name}\":{index}.5"));

            Assert.True(TryDecode($$"""{"tsmId":{{profile.Id}},"tsmEv":10,"tsmTs":5{{members}}}""", out var readings));

            var expected = profile.Properties.Select((property, index) => (property.Name, index + 0.5, property.Unit));
            Assert.Equal(expected, readings.Values.SkipLast(1).Select(reading => (reading.Measurement, reading.Value.Float, reading.Unit)));
            Assert.Equal($"thingsee.{profile.Id}", readings.Values[^1].Field);
            count += profile.Properties.Count;
        }

        Assert.True(count > 60);
    }

    [Theory]
    [InlineData("\"tsmTs\":1586952604", 1586952604_000_000_000)]
    [InlineData("\"tsmTs\":1586952604.25", 1586952604_250_000_000)]
    [InlineData("\"tsmTs\":1586952604.123456", 1586952604_123_456_000)]
    [InlineData("\"tsmTs\":1.5e9", 1500000000_000_000_000)]
    [InlineData("\"tsmGwTs\":7,\"tsmCloudTs\":8", 7_000_000_000)]
    [InlineData("\"tsmCloudTs\":8", 8_000_000_000)]
    [InlineData("\"temp\":1", null)]
    public void The_time_is_the_things_own_to_the_microsecond(string members, long? expected)
    {
        Assert.True(TryDecode($$"""{"tsmId":12100,"tsmEv":10,{{members}},"humd":1}""", out var readings));

        Assert.All(readings.Values, reading => Assert.Equal(expected, reading.Time));
    }

    [Fact]
    public void The_message_is_kept_as_it_was_sent_and_is_of_the_thing_that_it_names()
    {
        const string Json = """  {"tsmId" : 12100, "tsmEv":10,"tsmTuid":"TSPR04E2O90201558","temp": 21.50} """;

        Assert.True(TryDecode("\uFEFF" + Json, out var readings));

        Assert.Equal(new ExternalId("tuid", "TSPR04E2O90201558"), readings.Subject);
        var kept = readings.Values[^1];
        Assert.Equal((Readings.MessageMeasurement, "thingsee.12100", Json), (kept.Measurement, kept.Field, kept.Value.Text));
    }

    [Theory]
    [InlineData("\"tsmTuid\":\"TSGW01\",")]
    [InlineData("")]
    public void A_message_of_the_sender_itself_is_of_no_other(string tuid)
    {
        Assert.True(TryDecode($$"""{"tsmId":12100,"tsmEv":10,{{tuid}}"temp":1}""", out var readings));

        Assert.Null(readings.Subject);
    }

    [Fact]
    public void Device_information_is_the_twins()
    {
        Assert.True(
            TryDecode("""{"tsmId":1100,"tsmEv":11,"swVersion":"2019.11.15","modelCode":"TSPR","psn":"E2O90201558"}""", out var readings)
        );

        Assert.Equal(("2019.11.15", "TSPR", "E2O90201558"), (readings.Firmware, readings.Hardware, readings.SerialNumber));
    }

    [Theory]
    [InlineData(31, """ "measurementInterval":10,"reportInterval":60 """, """{"measurementInterval":10,"reportInterval":60}""", null)]
    [InlineData(36, """ "result":0,"payload":"done" """, """{"result":0,"payload":"done"}""", null)]
    [InlineData(36, """ "result":-2,"payload":"no" """, """{"result":-2,"payload":"no"}""", "The thing answers with the result -2: \"no\"")]
    [InlineData(
        26,
        """ "result":"fail","resultReason":"SHA" """,
        """{"result":"fail","resultReason":"SHA"}""",
        "The thing answers with the result \"fail\": \"SHA\""
    )]
    [InlineData(26, """ "result":"cancel" """, """{"result":"cancel"}""", "The thing answers with the result \"cancel\".")]
    [InlineData(26, """ "result":"ok" """, """{"result":"ok"}""", null)]
    [InlineData(33, """ "uptime":5 """, """{"uptime":5}""", null)]
    [InlineData(28, """ "uptime":5 """, """{"uptime":5}""", null)]
    public void An_answer_ends_the_command_of_its_transaction(int number, string members, string values, string? failure)
    {
        Assert.True(TryDecode($$"""{"tsmId":1500,"tsmEv":{{number}},"tsmTs":5,"transactionId":7,{{members}}}""", out var readings));

        var echo = Assert.Single(readings.Echoes);
        Assert.Equal((null, "7", failure), (echo.CommandId, echo.TransactionId, echo.Failure));
        Assert.Equal(values, echo.Values!.ToJsonString());
        Assert.Equal(1500, (int)echo.Result!["tsmId"]!);
        Assert.DoesNotContain(readings.Values, reading => reading.Measurement == "transactionId");
    }

    [Fact]
    public void Information_that_the_thing_does_not_have_is_a_failure()
    {
        Assert.True(TryDecode("""{"tsmId":1102,"tsmEv":33,"transactionId":7}""", out var readings));

        Assert.Equal("The thing does not have this information.", Assert.Single(readings.Echoes).Failure);
    }

    [Theory]
    [InlineData("""{"tsmId":1500,"tsmEv":31,"measurementInterval":10}""")]
    [InlineData("""{"tsmId":1500,"tsmEv":31,"transactionId":"7"}""")]
    [InlineData("""{"tsmId":1500,"tsmEv":31,"transactionId":-7}""")]
    [InlineData("""{"tsmId":1500,"tsmEv":30,"transactionId":7}""")]
    [InlineData("""{"tsmId":12100,"tsmEv":10,"transactionId":7,"temp":1}""")]
    public void What_is_no_answer_ends_none(string json)
    {
        Assert.True(TryDecode(json, out var readings));

        Assert.Empty(readings.Echoes);
    }

    [Theory]
    [InlineData("""{"temp":21.5}""")]
    [InlineData("""{"tsmId":"12100","tsmEv":10}""")]
    [InlineData("""{"tsmId":12100}""")]
    [InlineData("""{"tsmId":12100.5,"tsmEv":1}""")]
    [InlineData("""[{"tsmId":12100,"tsmEv":1}]""")]
    [InlineData("12")]
    [InlineData("")]
    public void Another_form_is_left_to_others(string json)
    {
        Assert.False(TryDecode(json, out var readings));
        Assert.Empty(readings.Values);
    }

    [Theory]
    [InlineData("""{"tsmId":0,"tsmEv":10}""", "tsmId is a whole number from 1 up.")]
    [InlineData("""{"tsmId":12100,"tsmEv":-1}""", "tsmEv is a whole number from 0 up.")]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"tsmTs":"now"}""", "tsmTs is a number of seconds since 1970, before the year 2262.")]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"tsmTs":-5}""", "tsmTs is a number of seconds since 1970, before the year 2262.")]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"tsmTs":1e30}""", "tsmTs is a number of seconds since 1970, before the year 2262.")]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"tsmTuid":"a/b"}""", "tsmTuid is 1 to 64 letters, digits, - and _.")]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"tsmTuid":5}""", "tsmTuid is 1 to 64 letters, digits, - and _.")]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"temp":1e999}""", "A number is larger than a 64-bit float holds.")]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"":1}""", "A member's name has 1 to 256 characters.")]
    public void A_wrong_member_is_named(string json, string expected)
    {
        Assert.Equal(expected, Assert.Throws<PayloadException>(() => TryDecode(json, out _)).Message);
    }

    [Theory]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"temp":1,"temp":2}""")]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"a":{"b":1,"b":2}}""")]
    [InlineData("""{"tsmId":12100,"tsmEv":1""")]
    [InlineData("""{"tsmId":12100,"tsmEv":1} 5""")]
    [InlineData("""{"tsmId":12100,"tsmEv":1,"a":"\ud800"}""")]
    public void Broken_json_is_a_payload_that_cannot_be_read(string json) =>
        Assert.StartsWith(
            "The payload is no well-formed JSON",
            Assert.Throws<PayloadException>(() => TryDecode(json, out _)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void What_nests_deeper_than_can_be_stored_is_refused()
    {
        var deep = $$"""{"tsmId":12100,"tsmEv":31,"transactionId":1,"a":{{new string('[', 60)}}{{new string(']', 60)}}}""";

        Assert.Throws<PayloadException>(() => TryDecode(deep, out _));
    }

    [Fact]
    public void Declared_messages_must_be_some()
    {
        foreach (var json in new[] { "5", "[]", "{}", "\"tsmId\"", "" })
        {
            Assert.Throws<PayloadException>(() => TryDecode(json, out _, declared: true));
        }
    }

    [Fact]
    public void Whatever_comes_is_decoded_left_alone_or_refused_with_a_reason()
    {
        string[] pieces =
        [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"tsmId\"",
            "\"tsmEv\"",
            "\"tsmTs\"",
            "\"tsmTuid\"",
            "\"transactionId\"",
            "\"result\"",
            "\"temp\"",
            "\"\"",
            "12100",
            "1500",
            "31",
            "36",
            "-1",
            "0",
            "1e400",
            "1.5",
            "99999999999999999999",
            "\"A1\"",
            "\"\\ud800\"",
            "null",
            "true",
            "\"fail\"",
            " ",
            "\"tsmId\":1500,\"tsmEv\":31",
            "{\"tsmId\":12100,\"tsmEv\":10,",
            "\uFEFF",
            "é",
            "\0",
        ];
        var text = Gen.Elements(pieces).ListOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));
        var bytes = Gen.Choose(0, 255).Select(one => (byte)one).ArrayOf();
        var mutated =
            from json in Gen.Elements(
                """[{"tsmId":1500,"tsmEv":31,"tsmTs":1503714007,"tsmTuid":"TSPR04E2O90201558","transactionId":1,"measurementInterval":10}]""",
                """{"tsmId":11200,"tsmEv":10,"tsmTs":5.25,"slotInterval":60,"heartbeats":[{"tuid":"A","slotBits":3}],"result":"fail"}"""
            )
            from place in Gen.Choose(0, json.Length - 1)
            from one in Gen.Choose(0, 255)
            select Mutate(json, place, (byte)one);
        var declared = Gen.Elements(true, false);

        Prop.ForAll(
                Gen.OneOf(text, bytes, mutated).Zip(declared).ToArbitrary(),
                pair =>
                {
                    var message = Message(pair.Item1, pair.Item2);
                    foreach (var part in new ThingseeMessageSplitter().Split(message) ?? [message])
                    {
                        try
                        {
                            new ThingseePayloadDecoder().TryDecode(part, Sender, new Readings());
                        }
                        catch (PayloadException reason)
                        {
                            Assert.NotEmpty(reason.Message);
                        }
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    private static byte[] Mutate(string json, int place, byte one)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        bytes[place] = one;
        return bytes;
    }

    private static bool TryDecode(string json, out Readings readings, bool declared = false)
    {
        readings = new Readings();
        return new ThingseePayloadDecoder().TryDecode(Message(Encoding.UTF8.GetBytes(json), declared), Sender, readings);
    }

    private static DeviceMessage Message(byte[] body, bool declared) =>
        new(
            "gateway",
            body,
            Enqueued,
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            declared ? new Dictionary<string, string> { ["dialect"] = "thingsee" } : DeviceMessage.NoProperties
        );
}
