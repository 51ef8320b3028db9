using System.Globalization;
using System.Text;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Tests.Results;

/// <summary>What the real server answers for these numbers.</summary>
public sealed class GoFloatTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(21.05, "21.05")]
    [InlineData(-0.000001, "-0.000001")]
    [InlineData(0.0000012, "0.0000012")]
    [InlineData(0.00001234567890123, "0.00001234567890123")]
    [InlineData(9.99e-7, "9.99e-7")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(-1.25e-10, "-1.25e-10")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(123456789.123456789, "123456789.12345679")]
    [InlineData(999999999999999, "999999999999999")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1234567890123456.8, "1234567890123456.8")]
    [InlineData(9007199254740993, "9007199254740992")]
    [InlineData(1152921504606846976, "1152921504606847000")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(-1.5e20, "-150000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    public void Json_has_the_fewest_digits_and_few_exponents(double value, string text) => Assert.Equal(text, Json(value));

    [Theory]
    [InlineData(1e-7, "0.0000001")]
    [InlineData(-1e21, "-1000000000000000000000")]
    [InlineData(1.25e22, "12500000000000000000000")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Csv_has_no_exponents(double value, string text)
    {
        Span<byte> bytes = stackalloc byte[GoFloat.MaxPlain];

        Assert.Equal(text, Encoding.UTF8.GetString(bytes[..GoFloat.FormatPlain(value, bytes)]));
    }

    [Fact]
    public void Any_number_reads_back_as_it_was_with_no_more_digits_than_dotnet_needs()
    {
        var random = new Random(1);
        Span<byte> plain = stackalloc byte[GoFloat.MaxPlain];
        for (var i = 0; i < 200_000; i++)
        {
            var value = (i % 4) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
                1 => Math.Round(random.NextDouble() * 1000, random.Next(0, 9)),
                2 => random.NextDouble() * Math.Pow(10, random.Next(-12, 24)),
                _ => random.NextInt64(-1_000_000_000_000_000_000, 1_000_000_000_000_000_000),
            };
            if (double.IsFinite(value))
            {
                var text = Json(value);
                Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
                Assert.Equal(DigitsOf(value.ToString("R", CultureInfo.InvariantCulture)), DigitsOf(text));
                Assert.Equal(value, double.Parse(plain[..GoFloat.FormatPlain(value, plain)], CultureInfo.InvariantCulture));
            }
        }
    }

    private static string DigitsOf(string number) =>
        number.Split('e', 'E')[0].Replace(".", "", StringComparison.Ordinal).Trim('-').Trim('0');

    private static string Json(double value)
    {
        Span<byte> bytes = stackalloc byte[GoFloat.MaxJson];
        return Encoding.UTF8.GetString(bytes[..GoFloat.FormatJson(value, bytes)]);
    }
}
