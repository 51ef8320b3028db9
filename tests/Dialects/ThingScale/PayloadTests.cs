using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Dialects.ThingScale.Connectors;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Tests.ThingScale;

public sealed class PayloadTests
{
    [Theory]
    [InlineData("""{"temp":25,"humid":50.0}""", """{"temp":25,"humid":50.0}""", "temp.value=25 humid.value=50")]
    [InlineData("21.50", """{"value":21.50}""", "value.value=21.5")]
    [InlineData("""{"a":{"b":1},"data":[{"value":10}]}""", """{"a":{"b":1},"data":[{"value":10}]}""", "a.b=1 data.0=10")]
    [InlineData("{}", "{}", "")]
    [InlineData("""{"on":true,"text":"é","none":null}""", """{"on":true,"text":"é","none":null}""", "on.value=True text.value=é")]
    [InlineData("""{"timestamp":"at noon","temp":1}""", """{"timestamp":"at noon","temp":1}""", "timestamp.value=at noon temp.value=1")]
    public void Json_is_kept_as_it_was_sent_beside_its_values(string body, string row, string values)
    {
        var readings = Decode("json", body);

        Assert.Equal(values, Values(readings));
        Assert.Equal($$"""{"tag":null,"value":{{row}}}""", readings.Values[^1].Value.Text);
        Assert.Equal(("$message", "thingscale"), (readings.Values[^1].Measurement, readings.Values[^1].Field));
        Assert.All(readings.Values, reading => Assert.Null(reading.Time));
    }

    [Fact]
    public void A_tag_has_a_field_of_its_own()
    {
        var kept = Decode("json", "1", "node1").Values[^1];

        Assert.Equal("thingscale.node1", kept.Field);
        Assert.Equal("""{"tag":"node1","value":{"value":1}}""", kept.Value.Text);
    }

    [Fact]
    public void Binary_is_hexadecimal()
    {
        var readings = Decode("binary", "AB");

        Assert.Equal("binary.value=4142", Values(readings));
        Assert.Equal("""{"tag":null,"value":"4142"}""", readings.Values[^1].Value.Text);
    }

    [Theory]
    [InlineData("v=11.1&v2=47.9", "value.value=11.1 value2.value=47.9", """{"tag":null,"v1":true,"value":{"value":11.1,"value2":47.9}}""")]
    [InlineData("v4=on&v=", "value4.value=on", """{"tag":null,"v1":true,"value":{"value4":"on"}}""")]
    [InlineData("v=NaN", "value.value=NaN", """{"tag":null,"v1":true,"value":{"value":"NaN"}}""")]
    public void Version_1_has_up_to_four_values(string body, string values, string kept)
    {
        var readings = Decode("v1", body);

        Assert.Equal(values, Values(readings));
        Assert.Equal(kept, readings.Values[^1].Value.Text);
    }

    [Theory]
    [InlineData("json", "")]
    [InlineData("json", "[1]")]
    [InlineData("json", "\"text\"")]
    [InlineData("json", "null")]
    [InlineData("json", "{\"a\":1}{}")]
    [InlineData("json", "{\"a\":1,\"a\":2}")]
    [InlineData("json", "{\"a\":1e999}")]
    [InlineData("json", "{\"\":1}")]
    [InlineData("json", "{\"a\":\"\\ud800\"}")]
    [InlineData("json", "{a:1}")]
    [InlineData("v1", "v5=1")]
    [InlineData("v1", "v=")]
    [InlineData("v1", "{}")]
    [InlineData("binary", "")]
    public void What_cannot_be_read_is_known_before_it_is_sent_on(string form, string body)
    {
        var payload = new Payload(Encoding.UTF8.GetBytes(body), Enum.Parse<PayloadForm>(form, ignoreCase: true), null);

        Assert.Null(payload.Check());
    }

    [Fact]
    public void Bytes_that_are_no_utf_8_are_refused()
    {
        byte[] body = [.. "{\"a\":\""u8, 0xff, .. "\"}"u8];

        Assert.Null(new Payload(body, PayloadForm.Json, null).Check());
    }

    [Fact]
    public void Its_size_and_depth_are_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 100)) + "1" + new string('}', 100);

        Assert.Null(new Payload(Encoding.UTF8.GetBytes(deep), PayloadForm.Json, null).Check());
        Assert.NotNull(new Payload(new byte[Payload.MostBytes], PayloadForm.Binary, null).Check());
        Assert.Null(new Payload(new byte[Payload.MostBytes + 1], PayloadForm.Binary, null).Check());
    }

    [Fact]
    public void No_member_of_a_payload_takes_the_rows_place()
    {
        var kept = Decode("json", """{"$message":{"thingscale":"mine"}}""").Values[^1];

        Assert.Equal("""{"tag":null,"value":{"$message":{"thingscale":"mine"}}}""", kept.Value.Text);
    }

    [Theory]
    [InlineData("xml", null)]
    [InlineData("json", "a/b")]
    [InlineData("json", "")]
    public void Properties_that_mean_nothing_are_refused(string form, string? tag) =>
        Assert.Throws<PayloadException>(() => Decode(form, "1", tag));

    [Fact]
    public void Messages_of_other_dialects_are_left_to_others()
    {
        var message = new DeviceMessage(
            "x",
            "1"u8.ToArray(),
            DateTimeOffset.UnixEpoch,
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            DeviceMessage.NoProperties
        );

        Assert.False(new ThingScalePayloadDecoder().TryDecode(message, Nobody, new Readings()));
    }

    [Fact]
    public void Any_bytes_are_a_row_or_none()
    {
        var parts = Gen.OneOf(
            Gen.Elements("{", "}", "[", "]", ":", ",", "\"a\"", "\"timestamp\"", "\"\\u", "1", "-", "e9", "true", "null", " ")
                .Select(Encoding.UTF8.GetBytes),
            Gen.Choose(0, 255).Select(value => new[] { (byte)value })
        );
        var bodies = parts.ListOf().Select(some => some.SelectMany(part => part).ToArray());
        var objects = bodies.Select(inner => (byte[])[.. "{\"x\":"u8, .. inner, (byte)'}']);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20_000),
            Prop.ForAll(
                Gen.OneOf(bodies, objects).ToArbitrary(),
                body =>
                {
                    new Payload(body, PayloadForm.Json, null).Check();
                }
            )
        );
    }

    private static DeviceTwin Nobody { get; } =
        new()
        {
            Id = "1",
            Uuid = Guid.Empty,
            Name = "x",
            Created = default,
            Updated = default,
        };

    private static Readings Decode(string form, string body, string? tag = null)
    {
        var properties = new Dictionary<string, string> { ["dialect"] = "thingscale", ["form"] = form };
        if (tag is not null)
        {
            properties["tag"] = tag;
        }

        var bytes = Encoding.UTF8.GetBytes(body);
        var message = new DeviceMessage(
            "x",
            bytes,
            DateTimeOffset.UnixEpoch,
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            properties
        );
        var readings = new Readings();
        Assert.True(new ThingScalePayloadDecoder().TryDecode(message, Nobody, readings));
        return readings;
    }

    private static string Values(Readings readings) =>
        string.Join(' ', readings.Values.SkipLast(1).Select(reading => $"{reading.Measurement}.{reading.Field}={Plain(reading)}"));

    private static string Plain(Reading reading) =>
        reading.Value.Type == Domain.Series.FieldType.Boolean ? reading.Value.Boolean.ToString() : reading.Value.ToString();
}
