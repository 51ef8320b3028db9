using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Tests.ThingScale;

public sealed class LocalTimesTests
{
    [Theory]
    [InlineData("Asia/Tokyo", "2016-11-18T10:07:02Z", "2016-11-18T19:07:02+0900", "2016-11-18T19:07:02+09:00")]
    [InlineData("America/St_Johns", "2016-11-18T10:07:02.999Z", "2016-11-18T06:37:02-0330", "2016-11-18T06:37:02-03:30")]
    [InlineData("UTC", "2016-11-18T10:07:02Z", "2016-11-18T10:07:02+0000", "2016-11-18T10:07:02+00:00")]
    public void Times_are_written_in_the_accounts_zone(string zone, string utc, string basic, string extended)
    {
        var (times, time) = (new LocalTimes(zone), DateTimeOffset.Parse(utc));

        Assert.Equal(basic, times.Basic(time));
        Assert.Equal(basic, times.Basic(PayloadTime.ToNanoseconds(time)));
        Assert.Equal(extended, times.Extended(time));
    }

    [Fact]
    public void A_time_before_1970_is_written_down_to_its_second()
    {
        Assert.Equal("1969-12-31T23:59:59+0000", new LocalTimes("UTC").Basic(-1));
        Assert.Equal("1969-12-31T23:59:59+0000", new LocalTimes("UTC").Basic(-1_000_000_000));
        Assert.Equal("1969-12-31T23:59:58+0000", new LocalTimes("UTC").Basic(-1_000_000_001));
    }

    [Theory]
    [InlineData("2016-11-18 19:07", "2016-11-18T10:07:00Z", "2016-11-18T10:07:01Z")]
    [InlineData("2016-11-18 19:07:02", "2016-11-18T10:07:02Z", "2016-11-18T10:07:03Z")]
    public void A_range_includes_the_seconds_that_it_names(string text, string from, string to)
    {
        AssertRange("Asia/Tokyo", text, from, to);
    }

    [Theory]
    // The clock goes from 01:59:59 to 03:00:00 at 01:00 UTC.
    [InlineData("2026-03-29 01:59:59", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z")]
    [InlineData("2026-03-29 02:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("2026-03-29 02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("2026-03-29 02:59:59", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("2026-03-29 03:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:01Z")]
    public void A_time_that_the_clock_leaps_over_is_the_leap(string text, string from, string to) =>
        AssertRange("Europe/Berlin", text, from, to);

    [Theory]
    // The clock goes from 02:59:59 back to 02:00:00 at 01:00 UTC.
    [InlineData("2026-10-25 01:59:59", "2026-10-24T23:59:59Z", "2026-10-25T00:00:00Z")]
    [InlineData("2026-10-25 02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:01Z")]
    [InlineData("2026-10-25 03:00", "2026-10-25T02:00:00Z", "2026-10-25T02:00:01Z")]
    public void A_time_that_the_clock_shows_twice_is_all_between_the_first_and_the_second(string text, string from, string to) =>
        AssertRange("Europe/Berlin", text, from, to);

    [Theory]
    [InlineData("")]
    [InlineData("last")]
    [InlineData("2016-11-18")]
    [InlineData("2016-11-18T19:07:02")]
    [InlineData("2016-11-18 19:07:02+0900")]
    [InlineData("2016-11-31 19:07")]
    [InlineData("2016-11-18 24:00")]
    [InlineData("0001-01-01 00:00")]
    [InlineData("9999-12-31 23:59:59")]
    public void Anything_else_is_no_time(string text)
    {
        var times = new LocalTimes("Europe/Berlin");

        Assert.Null(times.From(text));
        Assert.Null(times.To(text));
    }

    private static void AssertRange(string zone, string text, string from, string to)
    {
        var times = new LocalTimes(zone);

        Assert.Equal(PayloadTime.ToNanoseconds(DateTimeOffset.Parse(from)), times.From(text));
        Assert.Equal(PayloadTime.ToNanoseconds(DateTimeOffset.Parse(to)), times.To(text));
    }
}
