using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Contracts.Documents;

public abstract partial class DocumentStoreContract
{
    [Fact]
    public async Task A_document_that_was_created_is_read_with_its_entity_tag()
    {
        var etags = await Commit(Create("1", """{"name":"pump","n":1.50,"deep":{"a":[1,null,true]}}"""));

        var document = await Get("1");
        Assert.Equal(new DocumentKey(Partition, Kind, "1"), document!.Key);
        Assert.Equal(etags[0], document.ETag);
        await AssertHolds("1", """{"name":"pump","n":1.50,"deep":{"a":[1,null,true]}}""");
    }

    [Fact]
    public async Task A_document_that_is_not_there_is_null() => Assert.Null(await Get("1"));

    [Fact]
    public async Task Creating_what_exists_is_refused_and_changes_nothing()
    {
        await Commit(Create("1", """{"v":1}"""));

        await AssertRefused(ConflictReason.Exists, "1", Create("1", """{"v":2}"""));
        await AssertHolds("1", """{"v":1}""");
    }

    [Fact]
    public async Task Replacing_needs_a_document()
    {
        await AssertRefused(ConflictReason.Missing, "1", Replace("1"));
        await Commit(Create("1", """{"v":1}"""));
        await Commit(Replace("1", """{"v":2}"""));

        await AssertHolds("1", """{"v":2}""");
    }

    [Fact]
    public async Task Upserting_creates_or_replaces()
    {
        await Commit(Upsert("1", """{"v":1}"""));
        await AssertHolds("1", """{"v":1}""");
        await Commit(Upsert("1", """{"w":2}"""));
        await AssertHolds("1", """{"w":2}""");
    }

    [Fact]
    public async Task Deleting_needs_a_document()
    {
        await AssertRefused(ConflictReason.Missing, "1", Delete("1"));
        await Commit(Create("1"));
        var etags = await Commit(Delete("1"));

        Assert.Null(Assert.Single(etags));
        Assert.Null(await Get("1"));
        await AssertRefused(ConflictReason.Missing, "1", Delete("1"));
    }

    [Fact]
    public async Task Every_write_gives_a_new_entity_tag_though_the_body_is_the_same()
    {
        var tags = new List<string?>();
        for (var time = 0; time < 3; time++)
        {
            tags.AddRange(await Commit(Create("1")));
            tags.AddRange(await Commit(Replace("1")));
            tags.AddRange(await Commit(Upsert("1")));
            await Commit(Delete("1"));
        }

        Assert.Equal(9, tags.Distinct().Count());
    }

    [Theory]
    [InlineData(WriteMode.Replace)]
    [InlineData(WriteMode.Upsert)]
    [InlineData(WriteMode.Delete)]
    public async Task A_write_with_the_stored_entity_tag_is_done_and_with_an_older_one_refused(WriteMode mode)
    {
        var old = (await Commit(Create("1", """{"v":1}""")))[0];
        var stored = (await Commit(Replace("1", """{"v":2}""")))[0];
        var write = new DocumentWrite(mode, Kind, "1", mode == WriteMode.Delete ? default : Json("""{"v":3}"""), old);

        await AssertRefused(ConflictReason.ETagMismatch, "1", write);
        await AssertRefused(ConflictReason.ETagMismatch, "1", write with { IfMatch = "no tag of ours" });
        await AssertHolds("1", """{"v":2}""");
        await Commit(write with { IfMatch = stored });
        Assert.NotEqual(stored, (await Get("1"))?.ETag);
    }

    [Fact]
    public async Task An_entity_tag_is_not_asked_of_a_document_that_is_missing()
    {
        var gone = (await Commit(Create("1")))[0];
        await Commit(Delete("1"));

        await AssertRefused(ConflictReason.Missing, "1", Replace("1", ifMatch: gone));
        await AssertRefused(ConflictReason.Missing, "1", Delete("1", gone));
        await AssertRefused(ConflictReason.ETagMismatch, "1", Upsert("1", ifMatch: gone));
    }

    [Fact]
    public async Task A_refused_write_undoes_those_before_it_and_those_after_it()
    {
        await Commit(Create("kept", """{"v":1}"""), Create("deleted"));

        await AssertRefused(
            ConflictReason.Missing,
            "missing",
            Create("new"),
            Replace("kept", """{"v":2}"""),
            Delete("deleted"),
            Replace("missing"),
            Create("later")
        );

        Assert.Null(await Get("new"));
        Assert.Null(await Get("later"));
        Assert.NotNull(await Get("deleted"));
        await AssertHolds("kept", """{"v":1}""");
    }

    [Fact]
    public async Task A_commit_may_hold_a_hundred_writes_and_no_more()
    {
        var writes = Enumerable.Range(0, IDocumentStore.MaxWrites).Select(number => Create($"{number}")).ToList();

        Assert.Equal(IDocumentStore.MaxWrites, (await Commit(writes)).Distinct().Count());
        Assert.Equal(IDocumentStore.MaxWrites, await Store.CountAsync(new DocumentQuery(Partition, Kind), Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Commit([.. writes, Create("one more")]));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Commit());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{a:1}")]
    public async Task A_body_that_is_no_JSON_object_is_refused(string body)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Commit(Create("good"), Create("bad", body)));
        Assert.Null(await Get("good"));
    }

    [Fact]
    public async Task A_body_of_a_megabyte_and_a_half_is_kept()
    {
        var body = new JsonObject { ["name"] = "big", ["text"] = new string('é', 750_000) }.ToJsonString(Relaxed);
        await Commit(Create("big", body));

        await AssertHolds("big", body);
    }

    [Theory]
    [InlineData("a/b\\c?d#e")]
    [InlineData("Ünïcödé 日本 😀")]
    [InlineData("'; DROP TABLE documents; --")]
    [InlineData(" ")]
    [InlineData("%00*[?]\"")]
    public async Task Ids_and_partitions_may_hold_any_character(string odd)
    {
        var key = new DocumentKey(odd, odd, odd);
        await Store.CommitAsync(odd, [new DocumentWrite(WriteMode.Create, odd, odd, Json("{}"))], Cancellation);

        Assert.Equal(key, (await Store.GetAsync(key, Cancellation))?.Key);
        Assert.Equal(key, Assert.Single((await Store.QueryAsync(new DocumentQuery(odd, odd), Cancellation)).Items).Key);
    }

    [Fact]
    public async Task Case_counts_in_ids()
    {
        await Commit(Create("a", """{"v":1}"""), Create("A", """{"v":2}"""));

        await AssertHolds("a", """{"v":1}""");
        await AssertHolds("A", """{"v":2}""");
    }

    [Fact]
    public async Task Partitions_and_kinds_keep_their_documents_apart()
    {
        await Store.CommitAsync(
            "p",
            [new(WriteMode.Create, "k", "1", Json("{}")), new(WriteMode.Create, "l", "1", Json("{}"))],
            Cancellation
        );
        await Store.CommitAsync("q", [new(WriteMode.Create, "k", "1", Json("{}"))], Cancellation);
        await Store.CommitAsync("p", [new(WriteMode.Delete, "k", "1")], Cancellation);

        Assert.Null(await Store.GetAsync(new DocumentKey("p", "k", "1"), Cancellation));
        Assert.NotNull(await Store.GetAsync(new DocumentKey("p", "l", "1"), Cancellation));
        Assert.NotNull(await Store.GetAsync(new DocumentKey("q", "k", "1"), Cancellation));
        Assert.Equal(0, await Store.CountAsync(new DocumentQuery("p", "k"), Cancellation));
        Assert.Equal(1, await Store.CountAsync(new DocumentQuery("q", "k"), Cancellation));
    }

    [Fact]
    public async Task What_was_committed_is_there_when_the_store_is_opened_again()
    {
        var etags = await Commit(Create("1", """{"v":1}"""), Create("2"));
        await Commit(Delete("2"));

        await CloseAsync();
        Store = await OpenAsync(Time);

        await AssertHolds("1", """{"v":1}""");
        Assert.Equal(etags[0], (await Get("1"))!.ETag);
        Assert.Null(await Get("2"));
    }
}
