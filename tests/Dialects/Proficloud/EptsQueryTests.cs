using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Serverless.Dialects.Proficloud;
using Serverless.Domain;

namespace Serverless.Dialects.Tests.Proficloud;

public sealed class EptsQueryTests
{
    private const string A = "355f6856-e9a4-469f-8f22-3f8b037d064a";
    private const string B = "873c543f-d3bd-43e1-bc47-982c0109566f";
    private const string Range = "fromDate=1970-01-01T00:00:01Z&toDate=1970-01-01T00:00:02Z";

    [Theory]
    [InlineData($"uuid={A}&timeSeriesName=auto~temp", A, "auto~temp")]
    [InlineData($"uuid={A},{B}&timeSeriesName=b,a", $"{A} {B}", "b a")]
    [InlineData($"uuid={A}&uuid={B}&timeSeriesName=a&timeSeriesName=b", $"{A} {B}", "a b")]
    [InlineData($"uuid={A}, {B},&timeSeriesName=,a,", $"{A} {B}", "a")]
    [InlineData($"uuid={A},{A}&timeSeriesName=a,a", A, "a")]
    public void Lists_are_comma_separated_or_repeated_and_keep_their_order(string query, string uuids, string series)
    {
        var read = EptsQuery.Read(Query(query));

        Assert.Equal(uuids, string.Join(' ', read.Uuids));
        Assert.Equal(series, string.Join(' ', read.Series));
    }

    [Theory]
    [InlineData("timeSeriesName=a", "The parameter uuid is missing.")]
    [InlineData($"uuid={A}", "The parameter timeSeriesName is missing.")]
    [InlineData("uuid=&timeSeriesName=a", "The parameter uuid is missing.")]
    [InlineData("uuid=,&timeSeriesName=a", "The parameter uuid is missing.")]
    [InlineData("uuid=pump&timeSeriesName=a", "The parameter uuid has 'pump', which is no UUID.")]
    public void What_is_missing_or_wrong_is_named(string query, string message) =>
        Assert.Equal(message, Assert.Throws<DomainException>(() => EptsQuery.Read(Query(query))).Message);

    [Fact]
    public void Ten_thousand_pairs_are_read_and_no_more()
    {
        var hundred = string.Join(',', Enumerable.Range(0, 100).Select(i => $"00000000-0000-0000-0000-{i:D12}"));
        var series = string.Join(',', Enumerable.Range(0, 100));

        Assert.Equal(100, EptsQuery.Read(Query($"uuid={hundred}&timeSeriesName={series}")).Series.Count);
        Assert.Throws<DomainException>(() => EptsQuery.Read(Query($"uuid={hundred}&timeSeriesName={series},x")));
    }

    [Theory]
    [InlineData("", 1_000_000_000, 2_000_000_000, false)]
    [InlineData("&sort=ASC", 1_000_000_000, 2_000_000_000, false)]
    [InlineData("&sort=DESC", 1_000_000_000, 2_000_000_000, true)]
    [InlineData("&sort=desc", 1_000_000_000, 2_000_000_000, true)]
    [InlineData("&includeTime=from", 1_000_000_000, 2_000_000_000, false)]
    [InlineData("&includeTime=to", 1_000_000_001, 2_000_000_001, false)]
    [InlineData("&includeTime=both", 1_000_000_000, 2_000_000_001, false)]
    [InlineData("&includeTime=none", 1_000_000_001, 2_000_000_000, false)]
    public void A_range_includes_its_first_time_unless_it_says_otherwise(string more, long from, long to, bool descending) =>
        Assert.Equal(new EptsRange(from, to, descending), EptsRange.Read(Query(Range + more)));

    [Theory]
    [InlineData("fromDate=1970-01-01T00:00:01Z", "The parameter toDate is missing.")]
    [InlineData("toDate=1970-01-01T00:00:01Z", "The parameter fromDate is missing.")]
    [InlineData("fromDate=yesterday&toDate=1970-01-01T00:00:01Z", "The parameter fromDate is no time in ISO 8601: 'yesterday'.")]
    [InlineData($"{Range}&sort=up", "The parameter sort is ASC or DESC, not 'UP'.")]
    [InlineData($"{Range}&includeTime=all", "The parameter includeTime is from, to, both or none, not 'all'.")]
    public void A_wrong_range_is_named(string query, string message) =>
        Assert.Equal(message, Assert.Throws<DomainException>(() => EptsRange.Read(Query(query))).Message);

    [Fact]
    public void A_wrong_value_is_repeated_only_in_part() =>
        Assert.EndsWith(
            $"'{new string('x', 64)}…', which is no UUID.",
            Assert.Throws<DomainException>(() => EptsQuery.Read(Query($"uuid={new string('x', 5000)}&timeSeriesName=a"))).Message
        );

    private static QueryCollection Query(string text) => new(QueryHelpers.ParseQuery(text));
}
