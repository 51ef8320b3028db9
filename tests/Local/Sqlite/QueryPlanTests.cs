using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Local.Sqlite;

namespace Serverless.Local.Tests.Sqlite;

public class QueryPlanTests
{
    private static string Plan(SqliteFixture fixture, DocumentQuery query)
    {
        var sql = DocumentSql.Page(query, now: 0);
        using var lease = fixture.Database.Read();
        using var statement = sql.Bind(lease.Connection.Use($"EXPLAIN QUERY PLAN {sql.Text}"));
        var lines = new List<string>();
        while (statement.Step())
        {
            lines.Add(statement.Text(3));
        }

        return string.Join('\n', lines);
    }

    [Theory]
    [InlineData("type")]
    [InlineData("owner")]
    [InlineData("name")]
    [InlineData("source")]
    [InlineData("status")]
    [InlineData("time")]
    public async Task Equality_of_an_indexed_member_searches_its_index(string member)
    {
        await using var fixture = new SqliteFixture();
        var query = new DocumentQuery("p", "k", Filter.Eq(member, JsonValue.Create("x")));

        var plan = Plan(fixture, query);

        Assert.Contains($"USING INDEX documents_by_{member} (partition=? AND kind=? AND {member}_key=?", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_in_a_time_range_newest_first_is_one_range_of_one_index()
    {
        await using var fixture = new SqliteFixture();
        var filter = Filter.All(
            Filter.Eq("source", JsonValue.Create("7")),
            new Filter.Compare("time", Comparison.GreaterOrEqual, JsonValue.Create("2026-01-01")),
            new Filter.Compare("time", Comparison.Less, JsonValue.Create("2026-02-01"))
        );

        var plan = Plan(fixture, new DocumentQuery("p", "k", filter, [new Ordering("time", Descending: true)]));

        Assert.Contains(
            "documents_by_source (partition=? AND kind=? AND source_key=? AND time_key>? AND time_key<?)",
            plan,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("USE TEMP B-TREE FOR ORDER BY", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("time", false)]
    [InlineData("time", true)]
    [InlineData("name", false)]
    public async Task A_page_by_time_or_name_starts_in_the_index_where_the_last_one_ended(string member, bool descending)
    {
        await using var fixture = new SqliteFixture();
        await fixture.Commit(SqliteFixture.Write(WriteMode.Create, "1"), SqliteFixture.Write(WriteMode.Create, "2"));
        var query = new DocumentQuery("p", "k", null, [new Ordering(member, descending)], 1);
        var first = await fixture.Store.QueryAsync(query, TestContext.Current.CancellationToken);

        var plan = Plan(fixture, query with { Cursor = first.Cursor });

        var bound = descending ? "<" : ">";
        Assert.Contains($"documents_by_{member} (partition=? AND kind=? AND {member}_key{bound}?)", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("USE TEMP B-TREE FOR ORDER BY", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wildcard_searches_the_range_of_its_prefix()
    {
        await using var fixture = new SqliteFixture();

        var plan = Plan(fixture, new DocumentQuery("p", "k", new Filter.Wildcard("name", "pump*")));

        Assert.Contains("documents_by_name (partition=? AND kind=? AND name_key>? AND name_key<?)", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_of_a_fragment_starts_where_the_last_one_ended(bool isNested)
    {
        await using var fixture = new SqliteFixture();
        foreach (var id in new[] { "1", "2" })
        {
            await fixture.CommitDeviceAsync(id, """{"fragments":{"c8y_Rare":{"x":1}}}""");
        }

        Filter filter = isNested
            ? new Filter.Compare(new MemberPath("fragments", "c8y_Rare", "x"), Comparison.Greater, JsonValue.Create(0))
            : new Filter.Has(new MemberPath("fragments", "c8y_Rare"));
        var query = new DocumentQuery("p", Kinds.Device, Filter.All(filter), Limit: 1);
        var first = await fixture.Store.QueryAsync(query, TestContext.Current.CancellationToken);

        var plan = Plan(fixture, query with { Cursor = first.Cursor });

        Assert.Contains("SEARCH fragments USING PRIMARY KEY (of_partition=? AND fragment=? AND of_id>?)", plan, StringComparison.Ordinal);
        Assert.Contains("(partition=? AND kind=? AND id=?)", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("USE TEMP B-TREE FOR ORDER BY", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_by_id_starts_where_the_last_one_ended()
    {
        await using var fixture = new SqliteFixture();
        await fixture.Commit(SqliteFixture.Write(WriteMode.Create, "1"), SqliteFixture.Write(WriteMode.Create, "2"));
        var query = new DocumentQuery("p", "k", Limit: 1);
        var first = await fixture.Store.QueryAsync(query, TestContext.Current.CancellationToken);

        Assert.Contains("(partition=? AND kind=? AND id>?)", Plan(fixture, query with { Cursor = first.Cursor }), StringComparison.Ordinal);
    }
}
