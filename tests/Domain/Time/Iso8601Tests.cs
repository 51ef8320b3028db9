using FsCheck;
using FsCheck.Fluent;
using Serverless.Domain.Time;

namespace Serverless.Domain.Tests.Time;

public sealed class Iso8601Tests
{
    [Theory]
    [InlineData("2017-04-20T00:00:00.000Z", "2017-04-20T00:00:00Z")]
    [InlineData("2020-07-21T10:45:01Z", "2020-07-21T10:45:01Z")]
    [InlineData("2020-07-21t10:45:01z", "2020-07-21T10:45:01Z")]
    [InlineData("2020-07-21T10:45:01", "2020-07-21T10:45:01Z")]
    [InlineData("2020-07-21 10:45:01", "2020-07-21T10:45:01Z")]
    [InlineData("  2020-07-21T10:45:01Z ", "2020-07-21T10:45:01Z")]
    [InlineData("2020-07-21T10:45", "2020-07-21T10:45:00Z")]
    [InlineData("2020-07-21T10:45Z", "2020-07-21T10:45:00Z")]
    [InlineData("2020-07-21T10", "2020-07-21T10:00:00Z")]
    [InlineData("2020-07-21T10Z", "2020-07-21T10:00:00Z")]
    [InlineData("2020-07-21", "2020-07-21T00:00:00Z")]
    [InlineData("20200721", "2020-07-21T00:00:00Z")]
    [InlineData("20200721T104501Z", "2020-07-21T10:45:01Z")]
    [InlineData("20200721T1045", "2020-07-21T10:45:00Z")]
    [InlineData("20200721T10", "2020-07-21T10:00:00Z")]
    [InlineData("20200721T104501.5Z", "2020-07-21T10:45:01.5Z")]
    [InlineData("2020-07-21T10:45:01.5Z", "2020-07-21T10:45:01.5Z")]
    [InlineData("2020-07-21T10:45:01,5Z", "2020-07-21T10:45:01.5Z")]
    [InlineData("2020-07-21T10:45:01.123456789Z", "2020-07-21T10:45:01.123456789Z")]
    [InlineData("2020-07-21T10:45:01.1234567899Z", "2020-07-21T10:45:01.123456789Z")]
    [InlineData("2020-07-21T10:45:01.000000001Z", "2020-07-21T10:45:01.000000001Z")]
    [InlineData("2020-07-21T10:45:01+02:00", "2020-07-21T08:45:01Z")]
    [InlineData("2020-07-21T10:45:01 02:00", "2020-07-21T08:45:01Z")]
    [InlineData("2020-07-21T10:45:01-0530", "2020-07-21T16:15:01Z")]
    [InlineData("2020-07-21T10:45:01+02", "2020-07-21T08:45:01Z")]
    [InlineData("2020-07-21T10:45:01.25-00:00", "2020-07-21T10:45:01.25Z")]
    [InlineData("2020-01-01T00:30:00+01:00", "2019-12-31T23:30:00Z")]
    [InlineData("2020-02-29T00:00:00Z", "2020-02-29T00:00:00Z")]
    [InlineData("2020-07-21T24:00:00Z", "2020-07-22T00:00:00Z")]
    [InlineData("2020-12-31T24:00", "2021-01-01T00:00:00Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z")]
    [InlineData("1678-01-01T00:00:00Z", "1678-01-01T00:00:00Z")]
    [InlineData("2261-12-31T23:59:59.999999999Z", "2261-12-31T23:59:59.999999999Z")]
    public void Forms_that_clients_send_are_read(string text, string expected)
    {
        Assert.True(Iso8601.TryParse(text, out var nanoseconds));
        Assert.Equal(expected, Rfc3339.ToText(nanoseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("now")]
    [InlineData("2020")]
    [InlineData("2020-07")]
    [InlineData("2020-7-21")]
    [InlineData("2020-07-2")]
    [InlineData("202007-21")]
    [InlineData("20-07-21")]
    [InlineData("2020-00-21")]
    [InlineData("2020-13-21")]
    [InlineData("2020-07-00")]
    [InlineData("2020-07-32")]
    [InlineData("2019-02-29")]
    [InlineData("1677-12-31T00:00:00Z")]
    [InlineData("2262-01-01T00:00:00Z")]
    [InlineData("2020-07-21T")]
    [InlineData("2020-07-21T1")]
    [InlineData("2020-07-21T10:")]
    [InlineData("2020-07-21T10:4")]
    [InlineData("2020-07-21T10:45:")]
    [InlineData("2020-07-21T10:45:1")]
    [InlineData("2020-07-21T25:00:00Z")]
    [InlineData("2020-07-21T24:00:01Z")]
    [InlineData("2020-07-21T10:60:00Z")]
    [InlineData("2020-07-21T10:45:61Z")]
    [InlineData("2020-07-21T10:45:01.Z")]
    [InlineData("2020-07-21T10:45.5Z")]
    [InlineData("2020-07-21T10:45:01ZZ")]
    [InlineData("2020-07-21T10:45:01Z+02:00")]
    [InlineData("2020-07-21T10:45:01+")]
    [InlineData("2020-07-21T10:45:01+2")]
    [InlineData("2020-07-21T10:45:01+24:00")]
    [InlineData("2020-07-21T10:45:01+02:60")]
    [InlineData("2020-07-21T10:45:01+02:")]
    [InlineData("2020-07-21X10:45:01Z")]
    [InlineData("2020-07-21T10:45:01 Europe/Helsinki")]
    [InlineData("+2020-07-21")]
    [InlineData("1595328301")]
    [InlineData("٢٠٢٠-07-21")]
    public void What_is_no_time_is_refused(string text) => Assert.False(Iso8601.TryParse(text, out _));

    [Fact]
    public void Every_time_written_is_read_again() =>
        Prop.ForAll(Times(), time => Iso8601.TryParse(Rfc3339.ToText(time), out var read) && read == time).QuickCheckThrowOnFailure();

    [Fact]
    public void An_offset_moves_the_time_by_itself() =>
        Prop.ForAll(
                Times(),
                Gen.Choose(-23 * 60, 23 * 60).ToArbitrary(),
                (time, offset) =>
                {
                    var text =
                        $"{Rfc3339.ToText(time).TrimEnd('Z')}{(offset < 0 ? '-' : '+')}{Math.Abs(offset) / 60:00}:{Math.Abs(offset) % 60:00}";
                    return Iso8601.TryParse(text, out var read) && read == time - (offset * 60_000_000_000L);
                }
            )
            .QuickCheckThrowOnFailure();

    private static Arbitrary<long> Times() =>
        Gen.Choose(-9_214_646, 9_214_646)
            .SelectMany(_ => Gen.Choose(0, 999_999_999), (thousands, nanos) => (thousands * 1_000_000_000_000L) + nanos)
            .ToArbitrary();
}
