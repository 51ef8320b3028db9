using System.Text;
using System.Text.Json;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Tests.Telemetry;

public sealed class JsonValuesTests
{
    [Theory]
    [InlineData("""{"temp":21.5}""", "temp/value=21.5")]
    [InlineData("""{"temp":21}""", "temp/value=21")]
    [InlineData("""{"a":{"b":1}}""", "a/b=1")]
    [InlineData("""{"a":{"b":1,"c":2}}""", "a/b=1 a/c=2")]
    [InlineData("""{"a":{"b":{"c":1}}}""", "a/b.c=1")]
    [InlineData("""{"c8y_Temperature":{"T":{"value":21.5,"unit":"C"}}}""", "c8y_Temperature/T=21.5[C]")]
    [InlineData("""{"c8y_Temperature":{"T":{"unit":"C","value":21.5}}}""", "c8y_Temperature/T=21.5[C]")]
    [InlineData("""{"temp":{"value":21.5,"unit":"C"}}""", "temp/value=21.5[C]")]
    [InlineData("""{"temp":{"value":21.5}}""", "temp/value=21.5")]
    [InlineData("""{"temp":{"value":21.5,"unit":null}}""", "temp/value=21.5")]
    [InlineData("""{"temp":{"value":null,"unit":"C"}}""", "temp/unit=C")]
    [InlineData("""{"temp":{"value":21.5,"unit":"C","q":1}}""", "temp/value=21.5 temp/unit=C temp/q=1")]
    [InlineData("""{"temp":{"value":{"x":1}}}""", "temp/value.x=1")]
    [InlineData("""{"a":[1,2]}""", "a/0=1 a/1=2")]
    [InlineData("""{"a":{"b":[1,{"c":2}]}}""", "a/b.0=1 a/b.1.c=2")]
    [InlineData("""{"a":[[1],[2,3]]}""", "a/0.0=1 a/1.0=2 a/1.1=3")]
    [InlineData("""{"a":[1,null,3]}""", "a/0=1 a/2=3")]
    [InlineData("""{"a":null,"b":1}""", "b/value=1")]
    [InlineData("""{"a":true,"b":false,"c":"on"}""", "a/value=true b/value=false c/value=on")]
    [InlineData("""{}""", "")]
    [InlineData("""{"a":{},"b":[]}""", "")]
    [InlineData("""{"a":1,"a":2}""", "a/value=1 a/value=2")]
    [InlineData("""{"\u0061":1}""", "a/value=1")]
    [InlineData("""{"a":{"timestamp":5}}""", "a/timestamp=5")]
    [InlineData("""{"a":1e308}""", "a/value=1E+308")]
    [InlineData("""{"a":9007199254740993}""", "a/value=9007199254740993i")]
    [InlineData("""{"a":9007199254740991}""", "a/value=9007199254740991")]
    [InlineData("""{"a":1e-400}""", "a/value=0")]
    [InlineData("""{"a":{"b.c":1}}""", "a/b.c=1")]
    [InlineData("""{"Lämpötila":1}""", "Lämpötila/value=1")]
    [InlineData("""[{"a":1},{"b":2}]""", "a/value=1 b/value=2")]
    [InlineData("""[]""", "")]
    public void Members_become_readings_as_the_model_names_them(string json, string expected) => Assert.Equal(expected, Text(Decode(json)));

    [Theory]
    [InlineData("1")]
    [InlineData("-0.0")]
    [InlineData("21.50")]
    public void A_number_is_a_float_whatever_its_form(string number) =>
        Assert.Equal(FieldType.Float, Assert.Single(Decode($$"""{"a":{{number}}}""").Values).Value.Type);

    [Theory]
    [InlineData("""{"timestamp":1000,"a":1,"b":{"c":2}}""", "1000000000 1000000000")]
    [InlineData("""{"a":1,"timestamp":1000}""", "1000000000")]
    [InlineData("""{"a":1,"timestamp":"1970-01-01T00:00:01Z"}""", "1000000000")]
    [InlineData("""{"a":1}""", "none")]
    [InlineData("""[{"timestamp":1,"a":1},{"a":2},{"a":3,"timestamp":2}]""", "1000000 none 2000000")]
    public void A_timestamp_dates_the_readings_of_its_object_wherever_it_stands(string json, string expected) =>
        Assert.Equal(expected, string.Join(' ', Decode(json).Values.Select(reading => reading.Time?.ToString() ?? "none")));

    [Theory]
    [InlineData("""{"a":1e309}""", "A number is larger than a 64-bit float holds.")]
    [InlineData("""{"a":{"value":-1e309}}""", "A number is larger than a 64-bit float holds.")]
    [InlineData("""{"":1}""", "A member's name has 1 to 256 bytes.")]
    [InlineData("""{"a":{"":1}}""", "A member's name has 1 to 256 bytes.")]
    [InlineData("""{"timestamp":"12:00","a":1}""", "A timestamp is a number of milliseconds since 1970, or a time in ISO 8601.")]
    [InlineData("""{"timestamp":{},"a":1}""", "A timestamp is a number of milliseconds since 1970, or a time in ISO 8601.")]
    [InlineData("""{"a":1} {"a":2}""", "Something follows the JSON value.", true)]
    [InlineData("""[{"a":1},2]""", "An array of a payload holds objects only.")]
    [InlineData("""[[{"a":1}]]""", "An array of a payload holds objects only.")]
    [InlineData("5", "A payload is a JSON object, or an array of objects.")]
    [InlineData("\"text\"", "A payload is a JSON object, or an array of objects.")]
    [InlineData("null", "A payload is a JSON object, or an array of objects.")]
    [InlineData("", "The payload is empty.")]
    public void What_cannot_be_a_reading_is_refused_with_its_reason(string json, string reason, bool orByTheReader = false)
    {
        var refused = Assert.ThrowsAny<Exception>(() => Decode(json));

        Assert.True(refused is PayloadException || (orByTheReader && refused is JsonException), refused.ToString());
        if (refused is PayloadException)
        {
            Assert.Equal(reason, refused.Message);
        }
    }

    [Theory]
    [InlineData("""{"a":}""")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{'a':1}""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("temp=21.5")]
    public void What_is_no_json_is_the_readers_to_refuse(string json) => Assert.ThrowsAny<JsonException>(() => Decode(json));

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Members_nest_sixteen_deep(int depth, bool readable)
    {
        var json = string.Concat(Enumerable.Repeat("{\"a\":", depth + 1)) + "1" + new string('}', depth + 1);

        if (readable)
        {
            Assert.Equal("a", Assert.Single(Decode(json).Values).Measurement);
        }
        else
        {
            Assert.Equal("Members are nested at most 16 deep.", Assert.Throws<PayloadException>(() => Decode(json)).Message);
        }
    }

    [Fact]
    public void A_name_of_invalid_utf8_is_refused_and_does_not_become_another_name()
    {
        byte[] json = [.. "{\""u8, 0xC3, 0x28, .. "\":1}"u8];

        Assert.ThrowsAny<PayloadException>(() => Decode(json));
    }

    [Fact]
    public void A_text_of_invalid_utf8_is_refused()
    {
        byte[] json = [.. "{\"a\":\""u8, 0xFF, .. "\"}"u8];

        Assert.Throws<InvalidOperationException>(() => Decode(json));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() => Assert.Equal("a/value=1", Text(Decode([0xEF, 0xBB, 0xBF, .. "{\"a\":1}"u8])));

    private static Readings Decode(string json) => Decode(Encoding.UTF8.GetBytes(json));

    private static Readings Decode(byte[] json)
    {
        var readings = new Readings();
        var message = new DeviceMessage(
            "d",
            json,
            DateTimeOffset.UnixEpoch,
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            DeviceMessage.NoProperties
        );
        Assert.True(new JsonPayloadDecoder().TryDecode(message, null!, readings));
        return readings;
    }

    private static string Text(Readings readings) =>
        string.Join(
            ' ',
            readings.Values.Select(reading =>
                $"{reading.Measurement}/{reading.Field}={reading.Value}{(reading.Unit is null ? "" : $"[{reading.Unit}]")}"
            )
        );
}
