using System.Buffers;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Dialects.Conduit.Uplinks;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>The decoders take whatever comes: they read it, or refuse it in their own way.</summary>
public sealed class FuzzTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3000);

    [Fact]
    public void Bytes_are_read_as_a_slow_and_obvious_decoder_reads_them() =>
        Prop.ForAll(Bytes().ToArbitrary(), bytes => Assert.Equal(Obvious(bytes), Read(() => HexPayload.Decode(bytes)))).Check(Thorough);

    [Fact]
    public void Bytes_and_their_hexadecimal_text_are_the_same() =>
        Prop.ForAll(
                Bytes().ToArbitrary(),
                bytes =>
                {
                    var expected = Read(() => HexPayload.Decode(bytes));
                    Assert.Equal(expected, Read(() => HexPayload.Decode(Convert.ToHexString(bytes))));
                    Assert.Equal(expected, Read(() => HexPayload.Decode(Convert.ToHexStringLower(bytes))));
                    if (bytes.Length > 0)
                    {
                        Assert.Equal(
                            expected,
                            Read(() => ConduitPayloadDecoder.ParseBytes(Encoding.ASCII.GetBytes(Convert.ToHexString(bytes) + "\n")))
                        );
                    }
                }
            )
            .Check(Thorough);

    [Fact]
    public void Any_text_is_hexadecimal_or_refused() =>
        Prop.ForAll(
                Texts("0123456789abcdefABCDEFgG xX-+.\0é").ToArbitrary(),
                text =>
                {
                    var isHex = text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);
                    var expected = isHex ? Obvious(Convert.FromHexString(text)) : null;
                    Assert.Equal(expected, Read(() => HexPayload.Decode(text)));
                }
            )
            .Check(Thorough);

    [Fact]
    public void Any_JSON_like_text_is_read_or_refused()
    {
        string[] parts =
        [
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\",
            "\"data\"",
            "\"channelId\"",
            "\"value\"",
            "\"networkId\"",
            "\"timestamp\"",
            "\"token\"",
            "\"id\"",
            "\"ch\"",
            "1",
            "-0.5",
            "1e400",
            "12345678901234567",
            "1660962091000",
            "null",
            "true",
            "\"0A10010001000000\"",
            "\"\\ud800\"",
            "é",
            "\u0001",
            " ",
        ];
        var texts = Gen.Elements(parts).ListOf().Select(list => string.Concat(list));
        Prop.ForAll(texts.ToArbitrary(), AssertReadOrRefused).Check(Thorough);
        const string Good =
            """[{"token":"t","networkId":"A1","timestamp":1660962091000,"data":[{"channelId":1,"value":-4.5}]},{"id":"A","ch":2,"value":1}]""";
        Assert.NotNull(ParseText(Good));
        var broken =
            from at in Gen.Choose(0, Good.Length - 1)
            from length in Gen.Choose(0, 6)
            from part in Gen.Elements(parts)
            select Good[..at] + part + Good[Math.Min(Good.Length, at + length)..];
        Prop.ForAll(broken.ToArbitrary(), AssertReadOrRefused).Check(Thorough);
    }

    [Fact]
    public void Any_bytes_from_a_device_become_readings_or_a_reason()
    {
        var device = new DeviceTwin
        {
            Id = "1",
            Uuid = Guid.Empty,
            Name = "A1",
            Created = default,
            Updated = default,
            Channels = [new Channel(1, "temp", "value")],
        };
        Prop.ForAll(
                Bytes().ToArbitrary(),
                Gen.Elements("v1", "v2", "").ToArbitrary(),
                (bytes, form) =>
                {
                    var readings = new Readings();
                    try
                    {
                        Assert.True(
                            new ConduitPayloadDecoder().TryDecode(
                                ConduitPayloadDecoder.ToMessage("A1", bytes, default, form),
                                device,
                                readings
                            )
                        );
                        Assert.NotEmpty(readings.Values);
                    }
                    catch (PayloadException)
                    {
                        Assert.Empty(readings.Values);
                    }
                }
            )
            .Check(Thorough);
    }

    [Fact]
    public void A_value_is_stored_as_it_was_sent()
    {
        var numbers =
            from digits in Gen.Choose(1, 16)
            from mantissa in Gen.Choose(0, 9).ListOf(digits)
            from point in Gen.Choose(0, digits)
            from exponent in Gen.Choose(-30, 30)
            select $"{string.Concat(mantissa.Take(point).DefaultIfEmpty(0))}.{string.Concat(mantissa.Skip(point).DefaultIfEmpty(0))}e{exponent}";
        Prop.ForAll(
                numbers.Where(number => number.Split('e')[0].Count(char.IsDigit) <= 16).ToArbitrary(),
                number =>
                {
                    var expected = double.Parse(number, CultureInfo.InvariantCulture);
                    var uplink = new ConduitUplink("A1", null, [new ChannelValue(1, UplinkNumbers.Value(number))]);
                    var device = new DeviceTwin
                    {
                        Id = "1",
                        Uuid = Guid.Empty,
                        Name = "A1",
                        Created = default,
                        Updated = default,
                    };
                    var readings = new Readings();
                    Assert.True(
                        new ConduitPayloadDecoder().TryDecode(ConduitPayloadDecoder.ToMessage(device, uplink, default), device, readings)
                    );
                    Assert.Equal(expected, Assert.Single(readings.Values).Value.Float);
                }
            )
            .Check(Thorough);
    }

    private static Gen<byte[]> Bytes() =>
        from length in Gen.Frequency((4, Gen.Choose(2, 36).Select(n => n * 4)), (1, Gen.Choose(0, 160)))
        from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length)
        select bytes;

    private static Gen<string> Texts(string alphabet) =>
        from length in Gen.Choose(0, 40)
        from letters in Gen.Elements(alphabet.ToCharArray()).ArrayOf(length)
        select new string(letters);

    /// <summary>The specification, word by word, by division and text.</summary>
    private static string? Obvious(byte[] bytes)
    {
        if (bytes.Length < 8 || (bytes.Length - 8) % 4 != 0 || bytes.Length > 8 + (32 * 4))
        {
            return null;
        }

        var values = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            values.Add($"{255 - i}={bytes[2 * i] + (256 * bytes[(2 * i) + 1])}");
        }

        for (var i = 8; i < bytes.Length; i += 4)
        {
            var number = (decimal)bytes[i] + (256m * bytes[i + 1]) + (65_536m * bytes[i + 2]) + (16_777_216m * bytes[i + 3]);
            number = number >= 2_147_483_648m ? number - 4_294_967_296m : number;
            values.Add($"{((i - 8) / 4) + 1}={(double)(number / 1000)}");
        }

        return string.Join(' ', values);
    }

    private static string? Read(Func<IReadOnlyList<ChannelValue>> decode)
    {
        try
        {
            return string.Join(' ', decode().Select(value => $"{value.Channel}={value.Value}"));
        }
        catch (PayloadException)
        {
            return null;
        }
    }

    private static void AssertReadOrRefused(string text)
    {
        if (ParseText(text) is { } uplinks)
        {
            Assert.NotEmpty(uplinks);
            Assert.All(uplinks, uplink => Assert.NotEmpty(uplink.Values));
        }
    }

    private static IReadOnlyList<ConduitUplink>? ParseText(string text)
    {
        try
        {
            return UplinkParser.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)));
        }
        catch (PayloadException)
        {
            return null;
        }
    }
}
