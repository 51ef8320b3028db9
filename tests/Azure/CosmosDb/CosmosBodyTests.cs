using System.Text.Json.Nodes;
using Serverless.Azure.CosmosDb;
using Serverless.Azure.Tests.Support;
using Serverless.Domain.Documents;
using static Serverless.Azure.Tests.CosmosDb.CosmosFixture;

namespace Serverless.Azure.Tests.CosmosDb;

public class CosmosBodyTests(CosmosServer server)
{
    [Theory]
    [InlineData("""{"n":9007199254740993}""")]
    [InlineData("""{"n":-9223372036854775808}""")]
    [InlineData("""{"n":0.1234567890123456789}""")]
    [InlineData("""{"n":1e400}""")]
    [InlineData("""{"n":5e-324}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":[{"c":1,"c":{}}]}}""")]
    public async Task What_a_float64_or_an_object_cannot_hold_is_given_back_as_it_came(string body)
    {
        await using var fixture = await OpenAsync(server);

        await fixture.Commit(Write(WriteMode.Create, "1", body));

        Assert.Equal(body, (await fixture.Read("1")).Body);
    }

    [Theory]
    [InlineData("""{"n":[0,-0.0,1.50,0.1,0.30000000000000004,9007199254740992,1e15,123456789012345,1E-7,1e100]}""")]
    [InlineData("""{"text":"9007199254740993"}""")]
    public void Other_bodies_are_kept_once(string body) => Assert.True(BodyText.IsKept(System.Text.Encoding.UTF8.GetBytes(body)));

    [Fact]
    public async Task Filters_see_the_first_of_members_that_share_a_name_and_numbers_as_float64()
    {
        await using var fixture = await OpenAsync(server);
        await fixture.Commit(Write(WriteMode.Create, "1", """{"a":1,"a":2,"n":9007199254740993}"""));

        Assert.Equal(1, await Matching(fixture, Filter.Eq("a", JsonValue.Create(1))));
        Assert.Equal(0, await Matching(fixture, Filter.Eq("a", JsonValue.Create(2))));
        Assert.Equal(1, await Matching(fixture, Filter.Eq("n", JsonValue.Create(9007199254740992.0))));
    }

    [Theory]
    [InlineData(2000)]
    [InlineData(1200)]
    public async Task Long_ids_are_kept(int length)
    {
        await using var fixture = await OpenAsync(server);
        var ids = new[] { "a", "b", "/" }.Select(end => new string('ü', length) + end).ToList();
        await fixture.Commit([.. ids.Select(id => Write(WriteMode.Create, id))]);

        foreach (var id in ids)
        {
            Assert.Equal("{}", (await fixture.Read(id)).Body);
        }

        var page = await fixture.Store.QueryAsync(new DocumentQuery(Partition, Kind), Cancellation);
        Assert.Equal(ids.Order(StringComparer.Ordinal), page.Items.Select(item => item.Key.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_entity_tag_of_a_version_that_has_expired_is_refused_without_asking()
    {
        await using var fixture = await OpenAsync(server);
        var write = Write(WriteMode.Create, "1") with { Expires = fixture.Time.GetUtcNow() + TimeSpan.FromMinutes(1) };
        var tag = (await fixture.Commit(write))[0];
        await fixture.Commit(Write(WriteMode.Create, "2") with { Expires = fixture.Time.GetUtcNow() + TimeSpan.FromDays(1) });
        fixture.Time.Advance(TimeSpan.FromMinutes(1));

        foreach (var mode in new[] { WriteMode.Replace, WriteMode.Delete })
        {
            var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => fixture.Commit(Write(mode, "1", ifMatch: tag)));
            Assert.Equal(ConflictReason.Missing, conflict.Reason);
        }

        var two = await fixture.Commit(Write(WriteMode.Upsert, "2"), Write(WriteMode.Create, "1", """{"v":2}"""));
        Assert.Equal(("""{"v":2}""", two[1]), await fixture.Read("1"));
    }

    [Fact]
    public async Task A_page_leaves_out_what_has_expired_since_the_first_page()
    {
        await using var fixture = await OpenAsync(server);
        var end = fixture.Time.GetUtcNow() + TimeSpan.FromMinutes(1);
        await fixture.Commit([
            .. Enumerable.Range(0, 6).Select(number => Write(WriteMode.Create, $"{number}") with { Expires = number == 4 ? end : null }),
        ]);
        var query = new DocumentQuery(Partition, Kind, Limit: 3);
        var first = await fixture.Store.QueryAsync(query, Cancellation);
        fixture.Time.Advance(TimeSpan.FromMinutes(2));

        var second = await fixture.Store.QueryAsync(query with { Cursor = first.Cursor }, Cancellation);

        Assert.Equal(["3", "5"], second.Items.Select(item => item.Key.Id));
        Assert.Null(second.Cursor);
    }

    [Fact]
    public async Task A_cursor_goes_with_its_own_query_only()
    {
        await using var fixture = await OpenAsync(server);
        await fixture.Commit([.. Enumerable.Range(0, 4).Select(number => Write(WriteMode.Create, $"{number}"))]);
        var query = new DocumentQuery(Partition, Kind, Limit: 2);
        var cursor = (await fixture.Store.QueryAsync(query, Cancellation)).Cursor;

        DocumentQuery[] others =
        [
            query with
            {
                Filter = new Filter.Has("name"),
            },
            query with
            {
                Order = [new Ordering("name")],
            },
            query with
            {
                Partition = "other",
            },
            query with
            {
                Kind = "other",
            },
        ];
        foreach (var other in others)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => fixture.Store.QueryAsync(other with { Cursor = cursor }, Cancellation));
        }
    }

    private static Task<long> Matching(CosmosFixture fixture, Filter filter) =>
        fixture.Store.CountAsync(new DocumentQuery(Partition, Kind, filter), Cancellation);
}
