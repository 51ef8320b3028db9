using System.Net;
using Serverless.Azure.Tests.Support;
using Serverless.Domain.Documents;
using static Serverless.Azure.Tests.CosmosDb.CosmosFixture;

namespace Serverless.Azure.Tests.CosmosDb;

public class LostResponseTests(CosmosServer server)
{
    [Fact]
    public async Task A_create_whose_response_was_lost_is_applied_and_no_conflict()
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.CutAfter();

        var tags = await fixture.Commit(Write(WriteMode.Create, "1", """{"v":1}"""));

        Assert.Equal(("""{"v":1}""", tags[0]), await fixture.Read("1"));
        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => fixture.Commit(Write(WriteMode.Create, "1")));
        Assert.Equal(ConflictReason.Exists, conflict.Reason);
    }

    [Theory]
    [InlineData(WriteMode.Create)]
    [InlineData(WriteMode.Replace)]
    [InlineData(WriteMode.Upsert)]
    public async Task A_guarded_write_that_never_arrived_is_sent_again(WriteMode mode)
    {
        await using var fixture = await OpenAsync(server);
        var tag = mode == WriteMode.Create ? null : (await fixture.Commit(Write(WriteMode.Create, "1", """{"v":1}""")))[0];
        fixture.Faults.CutBefore();

        var tags = await fixture.Commit(Write(mode, "1", """{"v":2}""", tag));

        Assert.Equal(("""{"v":2}""", tags[0]), await fixture.Read("1"));
    }

    [Fact]
    public async Task A_replacement_with_an_entity_tag_whose_response_was_lost_is_applied_and_no_mismatch()
    {
        await using var fixture = await OpenAsync(server);
        var old = (await fixture.Commit(Write(WriteMode.Create, "1")))[0];
        fixture.Faults.TimeOutAfter();

        var tags = await fixture.Commit(Write(WriteMode.Replace, "1", """{"v":2}""", old));

        Assert.Equal(("""{"v":2}""", tags[0]), await fixture.Read("1"));
        await fixture.Commit(Write(WriteMode.Replace, "1", """{"v":3}""", tags[0]));
    }

    [Fact]
    public async Task A_response_that_something_on_the_way_replaced_is_looked_up()
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.AnswerAfter(HttpStatusCode.ServiceUnavailable);

        var tags = await fixture.Commit(Write(WriteMode.Create, "1"));

        Assert.Equal(("{}", tags[0]), await fixture.Read("1"));
    }

    [Fact]
    public async Task A_batch_whose_response_was_lost_is_applied_once_and_gives_its_entity_tags()
    {
        await using var fixture = await OpenAsync(server);
        var old = await fixture.Commit(Write(WriteMode.Create, "replaced"), Write(WriteMode.Create, "deleted"));
        fixture.Faults.CutAfter();

        var tags = await fixture.Commit(
            Write(WriteMode.Create, "created", """{"v":1}"""),
            Write(WriteMode.Replace, "replaced", """{"v":2}""", old[0]),
            Write(WriteMode.Delete, "deleted", ifMatch: old[1]),
            Write(WriteMode.Upsert, "upserted", """{"v":3}""")
        );

        Assert.Equal(("""{"v":1}""", tags[0]), await fixture.Read("created"));
        Assert.Equal(("""{"v":2}""", tags[1]), await fixture.Read("replaced"));
        Assert.Null(tags[2]);
        Assert.Equal(("""{"v":3}""", tags[3]), await fixture.Read("upserted"));
        Assert.Equal(3, await fixture.Other.CountAsync(new DocumentQuery(Partition, Kind), Cancellation));
    }

    [Fact]
    public async Task A_batch_that_never_arrived_is_sent_again()
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.CutBefore();

        var tags = await fixture.Commit(Write(WriteMode.Create, "1"), Write(WriteMode.Create, "2"));

        Assert.Equal(("{}", tags[1]), await fixture.Read("2"));
    }

    [Fact]
    public async Task A_batch_that_meets_anothers_document_is_a_conflict_and_writes_nothing()
    {
        await using var fixture = await OpenAsync(server);
        await fixture.Commit(Write(WriteMode.Create, "2"));

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() =>
            fixture.Commit(Write(WriteMode.Create, "1"), Write(WriteMode.Create, "2"))
        );

        Assert.Equal((ConflictReason.Exists, "2"), (conflict.Reason, conflict.Key.Id));
        Assert.Null((await fixture.Read("1")).Body);
    }

    [Fact]
    public async Task What_others_have_overwritten_before_it_could_be_looked_up_is_no_conflict_and_not_written_again()
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.CutAfter(async () => await fixture.CommitElsewhere(Write(WriteMode.Upsert, "1", """{"v":"theirs"}""")));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => fixture.Commit(Write(WriteMode.Create, "1", """{"v":"ours"}""")));

        Assert.Equal("""{"v":"theirs"}""", (await fixture.Read("1")).Body);
    }

    [Fact]
    public async Task Of_a_batch_that_others_have_overwritten_in_part_the_entity_tags_of_that_part_are_no_versions()
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.CutAfter(async () => await fixture.CommitElsewhere(Write(WriteMode.Upsert, "1", """{"v":"theirs"}""")));

        var tags = await fixture.Commit(Write(WriteMode.Create, "1"), Write(WriteMode.Create, "2"));

        Assert.Equal((await fixture.Read("2")).ETag, tags[1]);
        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() =>
            fixture.Commit(Write(WriteMode.Replace, "1", """{"v":"ours"}""", tags[0]))
        );
        Assert.Equal(ConflictReason.ETagMismatch, conflict.Reason);
    }

    [Fact]
    public async Task An_upsert_without_a_guard_is_looked_up_but_not_sent_twice()
    {
        await using var fixture = await OpenAsync(server);
        fixture.Faults.CutAfter();
        var tags = await fixture.Commit(Write(WriteMode.Upsert, "1", """{"v":1}"""));
        Assert.Equal(("""{"v":1}""", tags[0]), await fixture.Read("1"));

        fixture.Faults.CutAfter(async () => await fixture.CommitElsewhere(Write(WriteMode.Upsert, "1", """{"v":"theirs"}""")));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fixture.Commit(Write(WriteMode.Upsert, "1", """{"v":2}""")));

        Assert.Equal("""{"v":"theirs"}""", (await fixture.Read("1")).Body);
    }

    [Fact]
    public async Task A_deletion_whose_response_was_lost_is_never_reported_missing()
    {
        await using var fixture = await OpenAsync(server);
        await fixture.Commit(Write(WriteMode.Create, "1"));
        fixture.Faults.Requests.Clear();

        // The look at what is deleted, then the deletion.
        fixture.Faults.PassOne();
        fixture.Faults.CutAfter();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fixture.Commit(Write(WriteMode.Delete, "1")));

        Assert.Null((await fixture.Read("1")).Body);
    }

    [Fact]
    public async Task A_deletion_that_never_arrived_is_sent_again()
    {
        await using var fixture = await OpenAsync(server);
        var tag = (await fixture.Commit(Write(WriteMode.Create, "1")))[0];
        fixture.Faults.CutBefore();

        await fixture.Commit(Write(WriteMode.Delete, "1", ifMatch: tag));

        Assert.Null((await fixture.Read("1")).Body);
    }

    [Fact]
    public async Task Increments_guarded_by_entity_tags_are_neither_lost_nor_doubled_while_connections_break()
    {
        await using var fixture = await OpenAsync(server);
        await fixture.Commit(Write(WriteMode.Create, "counter", """{"n":0}"""));
        var random = new Random(4711);
        for (var time = 0; time < 60; time++)
        {
            var (body, tag) = await fixture.Read("counter");
            Assert.Equal($$"""{"n":{{time}}}""", body);
            switch (random.Next(5))
            {
                case 0:
                    fixture.Faults.CutAfter();
                    break;
                case 1:
                    fixture.Faults.CutBefore();
                    break;
                case 2:
                    fixture.Faults.TimeOutAfter();
                    break;
                case 3:
                    fixture.Faults.Answer(HttpStatusCode.TooManyRequests);
                    break;
            }

            await fixture.Commit(
                Write(WriteMode.Replace, "counter", $$"""{"n":{{time + 1}}}""", tag),
                Write(WriteMode.Create, $"log {time}")
            );
        }

        Assert.Equal(61, await fixture.Other.CountAsync(new DocumentQuery(Partition, Kind), Cancellation));
    }
}
