using System.Text;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Tests.Results;

public sealed class TimeFormatterTests
{
    [Theory]
    [InlineData(0, "1970-01-01T00:00:00Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(1_500_000_000, "1970-01-01T00:00:01.5Z")]
    [InlineData(3_000_000_100, "1970-01-01T00:00:03.0000001Z")]
    [InlineData(-3786825600000000000, "1850-01-01T00:00:00Z")]
    [InlineData(long.MaxValue - 1, "2262-04-11T23:47:16.854775806Z")]
    [InlineData(long.MinValue + 2, "1677-09-21T00:12:43.145224194Z")]
    public void Text_has_the_digits_of_the_second_that_it_takes(long time, string text) =>
        Assert.Equal($"\"{text}\"", Format(0, null, time));

    [Theory]
    [InlineData("", 1_999_999_999, "\"1970-01-01T00:00:01.999999999Z\"")]
    [InlineData("ns", 1_999_999_999, "1999999999")]
    [InlineData("whatever", 1_999_999_999, "1999999999")]
    [InlineData("u", 1_999_999_999, "1999999")]
    [InlineData("ms", -1_999_999_999, "-1999")]
    [InlineData("s", -999_999_999, "0")]
    [InlineData("m", 119_000_000_000, "1")]
    [InlineData("h", 7_300_000_000_000, "2")]
    public void Numbers_are_cut_to_the_unit(string epoch, long time, string text) =>
        Assert.Equal(text, Format(EpochUnit.Nanoseconds(epoch), null, time));

    [Theory]
    [InlineData("Europe/London", 1698535800, "2023-10-29T00:30:00+01:00")]
    [InlineData("Europe/London", 1698541200, "2023-10-29T01:00:00Z")]
    [InlineData("Europe/Berlin", 1698537600, "2023-10-29T02:00:00+02:00")]
    [InlineData("Europe/Berlin", 1698541200, "2023-10-29T02:00:00+01:00")]
    [InlineData("Asia/Kolkata", 1700000000, "2023-11-15T03:43:20+05:30")]
    [InlineData("America/St_Johns", 1698542999, "2023-10-28T22:59:59-02:30")]
    public void Zones_have_their_offset_at_that_time(string zone, long seconds, string text) =>
        Assert.Equal($"\"{text}\"", Format(0, TimeZoneInfo.FindSystemTimeZoneById(zone), seconds * 1_000_000_000));

    [Fact]
    public void One_formatter_writes_times_of_many_days_and_offsets()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var formatter = new TimeFormatter(0);
        formatter.Use(zone);
        for (var seconds = 1_650_000_000L; seconds < 1_750_000_000; seconds += 34_567)
        {
            var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(seconds), zone);

            Assert.Equal($"\"{local:yyyy-MM-ddTHH:mm:sszzz}\"", Format(formatter, seconds * 1_000_000_000));
        }
    }

    private static string Format(long unit, TimeZoneInfo? zone, long time)
    {
        var formatter = new TimeFormatter(unit);
        formatter.Use(zone);
        return Format(formatter, time);
    }

    private static string Format(TimeFormatter formatter, long time)
    {
        Span<byte> bytes = stackalloc byte[TimeFormatter.MaxLength];
        return Encoding.UTF8.GetString(bytes[..formatter.Format(time, bytes)]);
    }
}
