using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Tests.Documents;

public class FilterEvaluatorTests
{
    private static readonly JsonElement Pump = JsonDocument
        .Parse("""{"name":"Pump 7","n":21.5,"on":true,"none":null,"list":[1],"position":{"lat":52.1},"a.b":1,"twice":1,"twice":2}""")
        .RootElement;

    private static bool Matches(MemberPath path, Comparison comparison, JsonValue value) =>
        FilterEvaluator.Matches(new Filter.Compare(path, comparison, value), Pump);

    [Theory]
    [InlineData(Comparison.Equal, 21.5, true)]
    [InlineData(Comparison.NotEqual, 21.5, false)]
    [InlineData(Comparison.Less, 22, true)]
    [InlineData(Comparison.LessOrEqual, 21.5, true)]
    [InlineData(Comparison.Greater, 21.5, false)]
    [InlineData(Comparison.GreaterOrEqual, 21.5, true)]
    public void Numbers_compare_with_numbers(Comparison comparison, double value, bool matches) =>
        Assert.Equal(matches, Matches("n", comparison, JsonValue.Create(value)));

    [Theory]
    [InlineData("name")]
    [InlineData("on")]
    [InlineData("none")]
    [InlineData("list")]
    [InlineData("position")]
    [InlineData("absent")]
    [InlineData("n.deeper")]
    public void No_comparison_with_a_number_matches_a_member_that_is_none(string path) =>
        Assert.DoesNotContain(Enum.GetValues<Comparison>(), comparison => Matches(path, comparison, JsonValue.Create(1)));

    [Fact]
    public void Strings_compare_by_code_point()
    {
        Assert.True(Matches("name", Comparison.Greater, JsonValue.Create("Pump 10")));
        Assert.True(FilterEvaluator.CompareStrings("\uFFFD", "😀") < 0);
        Assert.True(FilterEvaluator.CompareStrings("Z", "a") < 0);
    }

    [Fact]
    public void False_is_less_than_true() => Assert.True(Matches("on", Comparison.Greater, JsonValue.Create(false)));

    [Fact]
    public void Paths_lead_through_objects_and_names_are_exact()
    {
        Assert.True(Matches("position.lat", Comparison.Equal, JsonValue.Create(52.1)));
        Assert.False(Matches("Position.lat", Comparison.Equal, JsonValue.Create(52.1)));
        Assert.True(Matches(new MemberPath(["a.b"]), Comparison.Equal, JsonValue.Create(1)));
        Assert.False(Matches("a.b", Comparison.Equal, JsonValue.Create(1)));
    }

    [Fact]
    public void Of_members_that_share_a_name_the_first_counts() => Assert.True(Matches("twice", Comparison.Equal, JsonValue.Create(1)));

    [Theory]
    [InlineData("Pump 7", true)]
    [InlineData("P*7", true)]
    [InlineData("*", true)]
    [InlineData("p*", false)]
    [InlineData("Pump .", false)]
    [InlineData("Pump", false)]
    public void A_wildcard_matches_the_whole_string(string pattern, bool matches) =>
        Assert.Equal(matches, FilterEvaluator.Matches(new Filter.Wildcard("name", pattern), Pump));

    [Fact]
    public void A_member_that_is_null_is_there()
    {
        Assert.True(FilterEvaluator.Matches(new Filter.Has("none"), Pump));
        Assert.False(FilterEvaluator.Matches(new Filter.Has("absent"), Pump));
    }

    [Fact]
    public void Terms_combine()
    {
        var (yes, no) = (new Filter.Has("name"), new Filter.Has("absent"));

        Assert.True(FilterEvaluator.Matches(Filter.All(), Pump));
        Assert.False(FilterEvaluator.Matches(Filter.Any(), Pump));
        Assert.False(FilterEvaluator.Matches(Filter.All(yes, no), Pump));
        Assert.True(FilterEvaluator.Matches(Filter.Any(no, yes), Pump));
        Assert.True(FilterEvaluator.Matches(new Filter.Not(no), Pump));
    }

    [Fact]
    public void A_value_may_come_from_any_type_that_is_a_scalar_in_JSON()
    {
        Assert.Equal(JsonValueKind.Number, FilterValue.Of(JsonValue.Create(7L)).Kind);
        Assert.Equal(JsonValueKind.String, FilterValue.Of(JsonValue.Create(DateTimeOffset.UnixEpoch)).Kind);
        Assert.Equal(JsonValueKind.True, FilterValue.Of(JsonValue.Create(true)).Kind);
        Assert.ThrowsAny<ArgumentException>(() => FilterValue.Of(JsonValue.Create(double.NaN)));
        Assert.ThrowsAny<ArgumentException>(() => FilterValue.Of(JsonValue.Create(new int[1])!));
    }
}
