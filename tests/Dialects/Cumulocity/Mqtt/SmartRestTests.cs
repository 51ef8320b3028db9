using FsCheck;
using FsCheck.Fluent;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

namespace Serverless.Dialects.Tests.Cumulocity.Mqtt;

/// <summary>Rows are read and written.</summary>
public sealed class SmartRestTests
{
    [Theory]
    [InlineData("100", "100")]
    [InlineData("100,,myType", "100||myType")]
    [InlineData("100,,\n", "100||")]
    [InlineData("511,s,\"execute this\nand this\nand \\\"this\\\"\"", "511|s|execute this\nand this\nand \"this\"")]
    [InlineData("511,s,\"doubled \"\"quotes\"\"\"", "511|s|doubled \"quotes\"")]
    [InlineData("113,\"val1=1\\nval2=2\"", "113|val1=1\\nval2=2")]
    [InlineData("400, type , \"  a, b  \" ", "400|type|  a, b  ")]
    [InlineData("400,t,\"ends with \\\\\"", "400|t|ends with \\")]
    [InlineData("400,t,C:\\dir\\file", "400|t|C:\\dir\\file")]
    [InlineData("400,a\"b,\"\"", "400|a\"b|")]
    [InlineData("200,f,s,1\r\n200,f,s,2\r\n", "200|f|s|1 200|f|s|2")]
    [InlineData("\n\n125\n\n", "125")]
    [InlineData("", "")]
    public void Rows_are_read(string text, string expected)
    {
        var errors = new List<SmartRestException>();
        var rows = SmartRestReader.Read(text, errors);
        Assert.Empty(errors);
        Assert.Equal(expected, string.Join(' ', rows.Select(row => string.Join('|', row.Values.Prepend(row.Id)))));
    }

    [Theory]
    [InlineData("400,a,\"open\n400,b,c", "42,400,Row 1: A quoted value has no end.", "400")]
    [InlineData("400,\"a\"b,c\n306,x", "42,400,Row 1: A comma follows the end of a quoted value.", "306")]
    [InlineData("125\n\"a", "42,,Row 2: A quoted value has no end.", "125")]
    public void A_row_that_cannot_be_read_is_an_error_and_the_others_are_read(string text, string error, string others)
    {
        var errors = new List<SmartRestException>();
        var rows = SmartRestReader.Read(text, errors);
        Assert.Equal(error, Assert.Single(errors).ToRow());
        Assert.Equal(others, string.Join(' ', rows.Select(row => row.Id)));
    }

    [Fact]
    public void What_is_no_UTF_8_is_an_error()
    {
        var errors = new List<SmartRestException>();
        Assert.Empty(SmartRestReader.Read([0x34, 0xff, 0xfe], errors));
        Assert.Equal("42,,The message is no UTF-8.", Assert.Single(errors).ToRow());
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var text = ArbMap.Default.ArbFor<string>().Generator.Where(value => value is not null);
        var odd = Gen.Elements("\"", "\\", "\\\"", "\\\\", "a\\", ",", "\n", " ", "\r", "\t", "x").ListOf().Select(string.Concat);
        var row = Gen.OneOf(text, odd).ListOf();
        Prop.ForAll(
                row.ListOf().ToArbitrary(),
                rows =>
                {
                    var written = string.Join('\n', rows.Select(values => SmartRestWriter.Write(values.Prepend("1"))));
                    var errors = new List<SmartRestException>();
                    var read = SmartRestReader.Read(written, errors);
                    return errors.Count == 0
                        && read.Count == rows.Count
                        && read.Zip(rows).All(pair => pair.First.Id == "1" && pair.First.Values.SequenceEqual(pair.Second));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_that_comes_throws() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    _ = SmartRestReader.Read(bytes ?? [], []);
                    return true;
                }
            )
            .QuickCheckThrowOnFailure();
}
