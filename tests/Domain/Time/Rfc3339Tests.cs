using System.Text;
using Serverless.Domain.Time;

namespace Serverless.Domain.Tests.Time;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData(0, 9, "1970-01-01T00:00:00Z")]
    [InlineData(1, 9, "1970-01-01T00:00:00.000000001Z")]
    [InlineData(-1, 9, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(-1_000_000_000, 9, "1969-12-31T23:59:59Z")]
    [InlineData(1_595_328_301_000_000_000, 9, "2020-07-21T10:45:01Z")]
    [InlineData(1_595_328_301_500_000_000, 9, "2020-07-21T10:45:01.5Z")]
    [InlineData(1_595_328_301_123_456_789, 6, "2020-07-21T10:45:01.123456Z")]
    [InlineData(1_595_328_301_123_456_789, 0, "2020-07-21T10:45:01Z")]
    [InlineData(1_595_328_301_000_000_789, 6, "2020-07-21T10:45:01Z")]
    [InlineData(long.MaxValue, 9, "2262-04-11T23:47:16.854775807Z")]
    [InlineData(long.MinValue, 9, "1677-09-21T00:12:43.145224192Z")]
    public void A_time_has_as_many_digits_as_it_needs_and_may_have(long nanoseconds, int digits, string expected) =>
        Assert.Equal(expected, Rfc3339.ToText(nanoseconds, digits));

    [Fact]
    public void The_longest_text_fits_the_length_it_promises()
    {
        var utf8 = new byte[Rfc3339.MaxLength];

        var length = Rfc3339.Write(1_595_328_301_123_456_789, utf8);

        Assert.Equal("2020-07-21T10:45:01.123456789Z", Encoding.ASCII.GetString(utf8));
        Assert.Equal(Rfc3339.MaxLength, length);
    }
}
