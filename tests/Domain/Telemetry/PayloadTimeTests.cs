using System.Text;
using System.Text.Json;
using Serverless.Domain.Telemetry;

namespace Serverless.Domain.Tests.Telemetry;

public sealed class PayloadTimeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("12343423423", 12_343_423_423_000_000)]
    [InlineData("-1", -1_000_000)]
    [InlineData("1.5", 1_500_000)]
    [InlineData("1595328301000.001", 1_595_328_301_000_001_000)]
    [InlineData("1.595328301e12", 1_595_328_301_000_000_000)]
    [InlineData("9223372036854", 9_223_372_036_854_000_000)]
    [InlineData("-9223372036854", -9_223_372_036_854_000_000)]
    [InlineData("\"2020-07-21T10:45:01Z\"", 1_595_328_301_000_000_000)]
    [InlineData("\"2020-07-21T12:45:01.123456789+02:00\"", 1_595_328_301_123_456_789)]
    [InlineData("\"2020-07-21T10:45:01\"", 1_595_328_301_000_000_000)]
    public void A_time_is_milliseconds_or_iso_8601(string json, long expected) => Assert.Equal(expected, Read(json));

    [Theory]
    [InlineData("9223372036855")]
    [InlineData("-9223372036855")]
    [InlineData("1595328301000000000")]
    [InlineData("1e300")]
    [InlineData("1e400")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"\"")]
    [InlineData("\"yesterday\"")]
    [InlineData("\"12:00\"")]
    [InlineData("\"5\"")]
    [InlineData("\"07/21/2020\"")]
    [InlineData("\"1595328301000\"")]
    [InlineData("\"0001-01-01T00:00:00Z\"")]
    [InlineData("\"9999-12-31T23:59:59Z\"")]
    public void What_is_no_time_or_out_of_reach_is_refused(string json) => Assert.Throws<PayloadException>(() => Read(json));

    [Fact]
    public void A_brokers_time_keeps_its_ticks()
    {
        Assert.Equal(100, PayloadTime.ToNanoseconds(DateTimeOffset.UnixEpoch.AddTicks(1)));
        Assert.Equal(-3_600_000_000_000, PayloadTime.ToNanoseconds(new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.FromHours(1))));
        Assert.Throws<PayloadException>(() => PayloadTime.ToNanoseconds(DateTimeOffset.MinValue));
        Assert.Throws<PayloadException>(() => PayloadTime.ToNanoseconds(DateTimeOffset.MaxValue));
    }

    private static long Read(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return PayloadTime.Read(ref reader);
    }
}
