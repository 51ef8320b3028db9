using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Contracts.Documents;

public abstract partial class DocumentStoreContract
{
    private async Task<List<string>> Ids(DocumentQuery query)
    {
        var ids = new List<string>();
        while (true)
        {
            var page = await Store.QueryAsync(query, Cancellation);
            Assert.InRange(page.Items.Count, 0, query.Limit);
            ids.AddRange(page.Items.Select(item => item.Key.Id));
            if (page.Cursor is null)
            {
                return ids;
            }

            query = query with { Cursor = page.Cursor };
        }
    }

    private async Task AssertFinds(Filter filter, params string[] ids)
    {
        Assert.Equal(ids, await Ids(new DocumentQuery(Partition, Kind, filter)));
        Assert.Equal(ids.Length, await Store.CountAsync(new DocumentQuery(Partition, Kind, filter, Limit: 1), Cancellation));
    }

    private static Filter.Compare Is(MemberPath path, Comparison comparison, JsonValue value) => new(path, comparison, value);

    [Theory]
    [InlineData("status")]
    [InlineData("v")]
    public async Task A_comparison_is_with_members_of_its_own_type(string member)
    {
        string[] values = ["1", "1.5", "\"1\"", "true", "false", "null", "[1]", "{\"a\":1}", "\"\"", "\"[1]\"", "\"true\""];
        await Commit([Create("none"), .. values.Select((value, index) => Create($"{index:00}", $$"""{"{{member}}":{{value}}}"""))]);

        await AssertFinds(Filter.Eq(member, JsonValue.Create(1)), "00");
        await AssertFinds(Filter.Eq(member, JsonValue.Create(1.5)), "01");
        await AssertFinds(Filter.Eq(member, JsonValue.Create("1")), "02");
        await AssertFinds(Filter.Eq(member, JsonValue.Create(true)), "03");
        await AssertFinds(Filter.Eq(member, JsonValue.Create(false)), "04");
        await AssertFinds(Filter.Eq(member, JsonValue.Create("[1]")), "09");
        await AssertFinds(Is(member, Comparison.NotEqual, JsonValue.Create(1)), "01");
        await AssertFinds(Is(member, Comparison.NotEqual, JsonValue.Create("1")), "08", "09", "10");
        await AssertFinds(Is(member, Comparison.Less, JsonValue.Create("a")), "02", "08", "09");
        await AssertFinds(Is(member, Comparison.GreaterOrEqual, JsonValue.Create(-1e300)), "00", "01");
        await AssertFinds(Is(member, Comparison.Less, JsonValue.Create(true)), "04");
        await AssertFinds(
            new Filter.Not(Filter.Eq(member, JsonValue.Create(1))),
            [.. Enumerable.Range(1, 10).Select(n => $"{n:00}"), "none"]
        );
        await AssertFinds(new Filter.Not(new Filter.Has(member)), "none");
        await AssertFinds(new Filter.Wildcard(member, "*"), "02", "08", "09", "10");
    }

    [Fact]
    public async Task A_wildcard_matches_whole_and_takes_all_but_the_star_for_itself()
    {
        await Commit(
            Create("1", """{"name":"a?[b]%_.c"}"""),
            Create("2", """{"name":"axxb"}"""),
            Create("3", """{"name":"A?[B]%_.C"}"""),
            Create("4", """{"name":"line\nline","x":{"name":"a?[b]%_.c"}}""")
        );

        await AssertFinds(new Filter.Wildcard("name", "a?[b]%_.c"), "1");
        await AssertFinds(new Filter.Wildcard("name", "a*[b]*c"), "1");
        await AssertFinds(new Filter.Wildcard("name", "a*b*"), "1", "2");
        await AssertFinds(new Filter.Wildcard("name", "a*b"), "2");
        await AssertFinds(new Filter.Wildcard("name", "line*e"), "4");
        await AssertFinds(new Filter.Wildcard("x.name", "*?[b*"), "4");
        await AssertFinds(new Filter.Wildcard("name", "xx"));
        await AssertFinds(new Filter.Wildcard("name", ""));
    }

    [Fact]
    public async Task A_wildcard_may_ignore_case()
    {
        await Commit(
            Create("1", """{"name":"Pump (Nord) 1","x":{"y":"ÄRGER.*"}}"""),
            Create("2", """{"name":"pump (nord) 2","x":{"y":"ärgerx"}}"""),
            Create("3", """{"name":"line\nPUMP"}"""),
            Create("4", """{"name":7}""")
        );

        await AssertFinds(new Filter.Wildcard("name", "pUmp*", IgnoreCase: true), "1", "2");
        await AssertFinds(new Filter.Wildcard("name", "*pUmp", IgnoreCase: true), "3");
        await AssertFinds(new Filter.Wildcard("name", "*PUMP*", IgnoreCase: true), "1", "2", "3");
        await AssertFinds(new Filter.Wildcard("name", "*p (NORD)*2", IgnoreCase: true), "2");
        await AssertFinds(new Filter.Wildcard("name", "PUMP (nord) 1", IgnoreCase: true), "1");
        await AssertFinds(new Filter.Wildcard("name", "*", IgnoreCase: true), "1", "2", "3");
        await AssertFinds(new Filter.Wildcard("x.y", "äRger*.*", IgnoreCase: true), "1");
        await AssertFinds(new Filter.Not(new Filter.Wildcard("name", "pump*", IgnoreCase: true)), "3", "4");
    }

    [Fact]
    public async Task An_element_of_an_array_satisfies_a_filter_of_its_own()
    {
        await Commit(
            Create("1", """{"list":[1,"a",{"b":"x","c":{"d":2}}]}"""),
            Create("2", """{"list":{"b":"x","0":1},"deep":{"list":["a"]}}"""),
            Create("3", """{"list":[{"b":"X","c":null},[["y"]]]}"""),
            Create("4", """{"list":null,"other":[]}""")
        );
        var self = new MemberPath();

        await AssertFinds(new Filter.Element("list", Filter.Eq(self, JsonValue.Create(1))), "1");
        await AssertFinds(new Filter.Element("list", Filter.Eq(self, JsonValue.Create("a"))), "1");
        await AssertFinds(new Filter.Element("deep.list", Filter.Eq(self, JsonValue.Create("a"))), "2");
        await AssertFinds(new Filter.Element("list", Filter.Eq("b", JsonValue.Create("x"))), "1");
        await AssertFinds(new Filter.Element("list", new Filter.Wildcard("b", "x*", IgnoreCase: true)), "1", "3");
        await AssertFinds(new Filter.Element("list", Is("c.d", Comparison.Greater, JsonValue.Create(1))), "1");
        await AssertFinds(new Filter.Element("list", new Filter.Null("c")), "3");
        await AssertFinds(new Filter.Element("list", new Filter.Not(new Filter.Has("b"))), "1", "3");
        await AssertFinds(
            new Filter.Element("list", new Filter.Element(self, new Filter.Element(self, Filter.Eq(self, JsonValue.Create("y"))))),
            "3"
        );
        await AssertFinds(new Filter.Not(new Filter.Element("list", Filter.All())), "2", "4");
        await AssertFinds(new Filter.Null("list"), "4");
        await AssertFinds(new Filter.Element("other", Filter.All()));
    }

    [Fact]
    public async Task A_hostile_wildcard_is_answered()
    {
        await Commit(Create("1", $$"""{"name":"{{new string('a', 2000)}}"}"""));

        await AssertFinds(new Filter.Wildcard("name", string.Concat(Enumerable.Repeat("a*", 500)) + "b"));
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("quo\"te")]
    [InlineData("back\\slash")]
    [InlineData("")]
    [InlineData("ünï 😀")]
    [InlineData("[0]")]
    [InlineData("$")]
    [InlineData("new\nline\t")]
    [InlineData("'--")]
    public async Task A_member_may_have_any_name(string name)
    {
        await Commit(
            Create("top", new JsonObject { [name] = "v" }.ToJsonString()),
            Create("deep", new JsonObject { ["x"] = new JsonObject { [name] = "v" } }.ToJsonString(Relaxed)),
            Create("other", """{"a":{"b":"v"},"x":["v"]}""")
        );

        await AssertFinds(Filter.Eq(new MemberPath([name]), JsonValue.Create("v")), "top");
        await AssertFinds(Filter.Eq(new MemberPath("x", name), JsonValue.Create("v")), "deep");
        await AssertFinds(new Filter.Has(new MemberPath("x", name)), "deep");
    }

    [Fact]
    public async Task No_terms_are_all_for_and_and_none_for_or()
    {
        await Commit(Create("1"));

        await AssertFinds(Filter.All(), "1");
        await AssertFinds(Filter.Any());
        await AssertFinds(new Filter.Not(Filter.All()));
    }

    [Fact]
    public async Task A_filter_may_have_a_thousand_terms()
    {
        await Commit(Create("1", """{"owner":"u7","v":7}"""), Create("2", """{"owner":"x","v":-1}"""));
        var owners = Enumerable.Range(0, 2000).Select(number => Filter.Eq("owner", JsonValue.Create($"u{number}"))).ToArray();
        var values = Enumerable.Range(0, 2000).Select(number => Filter.Eq("v", JsonValue.Create(number))).ToArray();

        await AssertFinds(Filter.Any(owners), "1");
        await AssertFinds(Filter.Any(values), "1");
    }

    [Theory]
    [InlineData("time")]
    [InlineData("v")]
    public async Task Order_goes_by_type_then_value_then_id(string member)
    {
        string[] ordered =
        [
            "null",
            "false",
            "true",
            "-1e300",
            "-1",
            "0.5",
            "10",
            "9007199254740991",
            "\"\"",
            "\"10\"",
            "\"9\"",
            "\"a\"",
            "\"é\"",
        ];
        var documents = ordered.Select((value, index) => Create($"{index:00}", $$"""{"{{member}}":{{value}}}"""));
        await Commit([
            Create("(absent"),
            Create("80", $$$"""{"{{{member}}}":{}}"""),
            Create("81", $$"""{"{{member}}":[]}"""),
            .. documents.Reverse(),
        ]);
        string[] ids = [.. Enumerable.Range(0, ordered.Length).Select(index => $"{index:00}"), "80", "81"];

        Assert.Equal(["(absent", .. ids], await Ids(new DocumentQuery(Partition, Kind, null, [new Ordering(member)], 3)));
        Assert.Equal(
            ["80", "81", .. ids[1..^2].Reverse(), "(absent", "00"],
            await Ids(new DocumentQuery(Partition, Kind, null, [new Ordering(member, Descending: true)], 3))
        );
    }

    [Fact]
    public async Task The_member_id_orders_by_the_documents_id()
    {
        await Commit([.. Enumerable.Range(1, 5).Select(n => Create($"{n}", $$"""{"id":"{{n}}","type":"{{n % 2}}"}"""))]);

        Assert.Equal(["5", "4", "3", "2", "1"], await Ids(new DocumentQuery(Partition, Kind, null, [new Ordering("id", true)], 2)));
        Assert.Equal(
            ["4", "2", "5", "3", "1"],
            await Ids(new DocumentQuery(Partition, Kind, null, [new Ordering("type"), new Ordering("id", true), new Ordering("n")], 2))
        );
    }

    [Fact]
    public async Task Later_orderings_decide_between_equals()
    {
        await Commit(
            Create("1", """{"type":"b","n":1}"""),
            Create("2", """{"type":"a","n":1}"""),
            Create("3", """{"type":"a","n":2}"""),
            Create("4", """{"type":"a","n":2}""")
        );

        Assert.Equal(
            ["3", "4", "2", "1"],
            await Ids(new DocumentQuery(Partition, Kind, null, [new Ordering("type"), new Ordering("n", Descending: true)], 1))
        );
    }

    [Fact]
    public async Task Pages_neither_repeat_nor_skip_what_was_there_throughout_while_others_come_and_go()
    {
        await Commit([.. Enumerable.Range(0, 50).Select(number => Create($"{number * 2:000}", $$"""{"time":"{{number / 5:00}}"}"""))]);
        var query = new DocumentQuery(Partition, Kind, null, [new Ordering("time")], 7);
        var seen = new List<string>();
        for (var round = 0; query.Cursor is not null || round == 0; round++)
        {
            var page = await Store.QueryAsync(query, Cancellation);
            seen.AddRange(page.Items.Select(item => item.Key.Id));
            await Commit(Upsert("001", $$"""{"time":"{{round:00}}"}"""), Upsert($"new{round}", """{"time":"00"}"""));
            query = query with { Cursor = page.Cursor };
        }

        var lasting = seen.Where(id => id != "001" && !id.StartsWith("new", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"{number * 2:000}"), lasting);
    }

    [Fact]
    public async Task The_last_page_has_no_cursor_though_it_is_full()
    {
        await Commit(Create("1"), Create("2"), Create("3"), Create("4"));
        var first = await Store.QueryAsync(new DocumentQuery(Partition, Kind, Limit: 2), Cancellation);

        Assert.NotNull(first.Cursor);
        Assert.Null((await Store.QueryAsync(new DocumentQuery(Partition, Kind, Limit: 2, Cursor: first.Cursor), Cancellation)).Cursor);
        Assert.Null((await Store.QueryAsync(new DocumentQuery(Partition, "empty"), Cancellation)).Cursor);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("not base64 url!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_cursor_that_is_none_is_refused(string cursor)
    {
        await Commit(Create("1"));

        await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            Store.QueryAsync(new DocumentQuery(Partition, Kind, Cursor: cursor), Cancellation)
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2001)]
    public async Task A_page_has_1_to_2000_items(int limit) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            Store.QueryAsync(new DocumentQuery(Partition, Kind, Limit: limit), Cancellation)
        );
}
