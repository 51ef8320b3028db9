using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Tests.Values;

public sealed class ValueTests
{
    [Theory]
    [InlineData("1h30m", 5_400_000_000_000)]
    [InlineData("1ns", 1)]
    [InlineData("2u3µ", 5_000)]
    [InlineData("-1w", -604_800_000_000_000)]
    [InlineData("1d1ms", 86_400_001_000_000)]
    public void Durations_are_read(string text, long nanoseconds)
    {
        Assert.True(DurationText.TryParse(text, out var read, out _));
        Assert.Equal(nanoseconds, read);
    }

    [Theory]
    [InlineData("", "invalid duration")]
    [InlineData("1", "invalid duration")]
    [InlineData("1x", "invalid duration")]
    [InlineData("1n", "invalid duration")]
    [InlineData("h1", "invalid duration")]
    [InlineData("9223372036854775808s", "invalid duration")]
    [InlineData("30000w", "overflowed duration 30000w: choose a smaller duration or INF")]
    public void Wrong_durations_are_refused(string text, string error)
    {
        Assert.False(DurationText.TryParse(text, out _, out var said));
        Assert.Equal(error, said);
    }

    [Theory]
    [InlineData("1970-01-01", null, 0)]
    [InlineData("1970-01-02 00:00:01.5", null, 86_401_500_000_000)]
    [InlineData("1970-01-01T00:00:00.123456789Z", null, 123_456_789)]
    [InlineData("1970-01-01T02:00:00+02:00", null, 0)]
    [InlineData("2020-07-01 12:00:00", "Europe/Paris", 1_593_597_600_000_000_000)]
    [InlineData("2020-10-25 02:30:00", "Europe/Paris", 1_603_589_400_000_000_000)]
    [InlineData("2020-11-01 01:30:00", "America/New_York", 1_604_208_600_000_000_000)]
    [InlineData("2020-03-29 02:30:00", "Europe/Paris", 1_585_445_400_000_000_000)]
    [InlineData("2020-03-08 02:30:00", "America/New_York", 1_583_649_000_000_000_000)]
    [InlineData("2020-01-01T00:00:00Z", "Europe/Paris", 1_577_836_800_000_000_000)]
    public void Times_are_read(string text, string? zone, long nanoseconds)
    {
        Assert.True(TimeText.IsTime(text));
        Assert.True(TimeText.TryParse(text, zone is null ? null : TimeZones.Find(zone), out long read));
        Assert.Equal(nanoseconds, read);
    }

    [Theory]
    [InlineData("2020-13-01")]
    [InlineData("2020-01-01T00:00:00")]
    [InlineData("2020-01-01 00:00:00Z")]
    [InlineData("2020-01-01 25:00:00")]
    [InlineData("2300-01-01")]
    [InlineData("now")]
    public void Wrong_times_are_refused(string text) => Assert.False(TimeText.TryParse(text, null, out long _));

    [Theory]
    [InlineData("europe/paris")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("/etc/passwd")]
    [InlineData("Europe/../Europe/Paris")]
    [InlineData("zone.tab")]
    public void There_are_no_such_time_zones(string name) => Assert.Null(TimeZones.Find(name));
}
