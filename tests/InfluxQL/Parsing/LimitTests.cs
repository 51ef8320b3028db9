namespace Serverless.InfluxQL.Tests.Parsing;

public sealed class LimitTests
{
    [Theory]
    [InlineData("(", "a", ")")]
    [InlineData("f(", "a", ")")]
    [InlineData("-(", "a", ")")]
    public void Expressions_nest_only_so_deep(string open, string middle, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 100_000)) + middle + string.Concat(Enumerable.Repeat(close, 100_000));
        Assert.StartsWith("query nested too deeply: at most 100 levels", Refused($"SELECT {deep} FROM b"), StringComparison.Ordinal);
    }

    [Fact]
    public void Subqueries_nest_only_so_deep() =>
        Assert.StartsWith(
            "query nested too deeply",
            Refused(string.Concat(Enumerable.Repeat("SELECT a FROM (", 50_000))),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_chain_of_operators_is_bounded_and_below_its_bound_prints_and_compares()
    {
        var chain = "SELECT a FROM b WHERE " + string.Join(" OR ", Enumerable.Range(0, 3001).Select(i => $"h = {i}"));
        Assert.Contains("at most 3000 operators", Refused(chain), StringComparison.Ordinal);
        var shorter = "SELECT a FROM b WHERE " + string.Join(" OR ", Enumerable.Range(0, 1500).Select(i => $"h = {i}"));
        var parsed = InfluxQuery.Parse(shorter);
        Assert.Equal(shorter, parsed[0].ToString());
        Assert.Equal(parsed, InfluxQuery.Parse(shorter));
    }

    [Fact]
    public void A_text_is_only_so_long()
    {
        var limits = new ParserLimits(MaxLength: 20);
        Assert.Equal(
            "query too long: 21 characters, at most 20",
            Assert.Throws<InfluxSyntaxException>(() => InfluxQuery.Parse(new string(' ', 21), limits: limits)).Message
        );
        Assert.Empty(InfluxQuery.Parse(new string(' ', 20), limits: limits));
    }

    [Fact]
    public void A_pattern_nests_only_so_deep() => Assert.NotNull(InfluxQL.Regexes.RegexSyntax.FindError(new string('(', 200_000)));

    private static string Refused(string query) => Assert.Throws<InfluxSyntaxException>(() => InfluxQuery.Parse(query)).Message;
}
