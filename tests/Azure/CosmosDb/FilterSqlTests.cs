using System.Text.Json.Nodes;
using Serverless.Azure.CosmosDb;
using Serverless.Domain.Documents;

namespace Serverless.Azure.Tests.CosmosDb;

public class FilterSqlTests
{
    private static readonly Filter OwnedByJo = Filter.Eq("owner", JsonValue.Create("jo"));
    private static readonly Filter Cold = new Filter.Compare(new MemberPath("a.b", "q\"x"), Comparison.Less, JsonValue.Create(4.5));

    [Fact]
    public void A_comparison_is_bare_for_the_index_and_guarded_under_not()
    {
        Assert.Equal("c.b[\"owner\"] = @p0", Sql(OwnedByJo));
        Assert.Equal("(NOT (IS_STRING(c.b[\"owner\"]) AND c.b[\"owner\"] = @p0))", Sql(new Filter.Not(OwnedByJo)));
        Assert.Equal("c.b[\"a.b\"][\"q\\u0022x\"] < @p0", Sql(Cold));
    }

    [Fact]
    public void Alternatives_for_one_member_are_one_list()
    {
        var filter = Filter.Any(OwnedByJo, Cold, Filter.Eq("owner", JsonValue.Create("al")), Filter.Eq("owner", JsonValue.Create(1)));

        Assert.Equal("(c.b[\"owner\"] IN (@p0, @p1) OR c.b[\"a.b\"][\"q\\u0022x\"] < @p2 OR c.b[\"owner\"] = @p3)", Sql(filter));
    }

    [Theory]
    [InlineData("a*b", "a%b")]
    [InlineData("*100%_[x]^!*", "%100!%!_![x!]!^!!%")]
    public void A_wildcard_is_a_pattern_of_LIKE(string pattern, string expected)
    {
        var parameters = new QueryParameters();
        var sql = new FilterSql(parameters).Condition(new Filter.Wildcard("name", pattern));

        Assert.Equal("(c.b[\"name\"] LIKE @p0 ESCAPE \"!\")", sql);
        Assert.Equal(("@p0", (object)expected), Assert.Single(parameters.Complete(sql).Parameters));
    }

    [Theory]
    [InlineData("Ab*", "STARTSWITH(c.b[\"name\"], @p0, true)", "Ab")]
    [InlineData("*Ab", "ENDSWITH(c.b[\"name\"], @p0, true)", "Ab")]
    [InlineData("**Ab*", "CONTAINS(c.b[\"name\"], @p0, true)", "Ab")]
    [InlineData("Ab", "STRINGEQUALS(c.b[\"name\"], @p0, true)", "Ab")]
    [InlineData("Ab*Cd_", "(LOWER(c.b[\"name\"]) LIKE @p0 ESCAPE \"!\")", "ab%cd!_")]
    public void A_wildcard_that_ignores_case_uses_the_index_where_it_can(string pattern, string expected, string parameter)
    {
        var parameters = new QueryParameters();
        var sql = new FilterSql(parameters).Condition(new Filter.Wildcard("name", pattern, IgnoreCase: true));

        Assert.Equal(expected, sql);
        Assert.Equal(("@p0", (object)parameter), Assert.Single(parameters.Complete(sql).Parameters));
    }

    [Fact]
    public void An_element_is_a_row_of_a_subquery() =>
        Assert.Equal(
            "EXISTS(SELECT VALUE 1 FROM e0 IN c.b[\"list\"] WHERE EXISTS(SELECT VALUE 1 FROM e1 IN e0 WHERE e1[\"a\"] = @p0))",
            Sql(new Filter.Element("list", new Filter.Element(new MemberPath(), Filter.Eq("a", JsonValue.Create(1)))))
        );

    [Theory]
    [InlineData(Comparison.Less, true, "c.b[\"on\"] = false")]
    [InlineData(Comparison.LessOrEqual, true, "IS_BOOL(c.b[\"on\"])")]
    [InlineData(Comparison.Less, false, "false")]
    [InlineData(Comparison.NotEqual, false, "c.b[\"on\"] = true")]
    public void Booleans_are_asked_for_by_name(Comparison comparison, bool value, string expected) =>
        Assert.Equal(expected, Sql(new Filter.Compare("on", comparison, JsonValue.Create(value))));

    private static string Sql(Filter filter) => new FilterSql(new QueryParameters()).Condition(filter);
}
