using Serverless.Domain.Documents;
using static Serverless.Local.Tests.Sqlite.SqliteFixture;

namespace Serverless.Local.Tests.Sqlite;

public class GroupCommitTests
{
    [Fact]
    public async Task Writes_that_gather_while_the_writer_is_busy_share_one_transaction()
    {
        await using var fixture = new SqliteFixture();
        var hold = await fixture.HoldWriter();
        var before = fixture.Database.Commits;
        var commits = Enumerable.Range(0, 100).Select(number => fixture.Commit(Write(WriteMode.Create, $"{number}"))).ToList();
        hold.Dispose();

        await Task.WhenAll(commits);

        Assert.Equal(2, fixture.Database.Commits - before);
        Assert.Equal(100, await fixture.Count());
    }

    [Fact]
    public async Task A_write_that_fails_takes_none_of_its_neighbours_along()
    {
        await using var fixture = new SqliteFixture();
        var hold = await fixture.HoldWriter();
        var first = fixture.Commit(Write(WriteMode.Create, "1"));
        var failing = fixture.Commit(Write(WriteMode.Create, "2"), Write(WriteMode.Replace, "missing"));
        var last = fixture.Commit(Write(WriteMode.Create, "3"));
        hold.Dispose();

        await Assert.ThrowsAsync<StoreConflictException>(() => failing);
        await Task.WhenAll(first, last);
        Assert.Equal(2, await fixture.Count());
    }

    [Fact]
    public async Task A_write_cancelled_before_its_turn_is_not_done()
    {
        await using var fixture = new SqliteFixture();
        using var cancellation = new CancellationTokenSource();
        var hold = await fixture.HoldWriter();
        var cancelled = fixture.Store.CommitAsync("p", [Write(WriteMode.Create, "1")], cancellation.Token);
        var kept = fixture.Commit(Write(WriteMode.Create, "2"));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        hold.Dispose();
        await kept;
        Assert.Equal(1, await fixture.Count());
    }

    [Fact]
    public async Task Callers_beyond_the_queues_capacity_wait_their_turn()
    {
        await using var fixture = new SqliteFixture(options => options with { QueueCapacity = 4 });
        var hold = await fixture.HoldWriter();
        var commits = Enumerable.Range(0, 20).Select(number => fixture.Commit(Write(WriteMode.Create, $"{number}"))).ToList();
        hold.Dispose();

        await Task.WhenAll(commits);

        Assert.Equal(20, await fixture.Count());
    }

    [Fact]
    public async Task Closing_completes_what_waits_and_refuses_what_comes_later()
    {
        var fixture = new SqliteFixture();
        var hold = await fixture.HoldWriter();
        var commits = Enumerable.Range(0, 10).Select(number => fixture.Commit(Write(WriteMode.Create, $"{number}"))).ToList();
        var closing = fixture.Database.DisposeAsync();
        hold.Dispose();
        await Task.WhenAll(commits);
        await closing;

        await Assert.ThrowsAsync<ObjectDisposedException>(() => fixture.Commit(Write(WriteMode.Create, "late")));
        await Assert.ThrowsAsync<ObjectDisposedException>(fixture.Count);
        await using (var again = fixture.OpenAnother())
        {
            var store = new Serverless.Local.Sqlite.SqliteDocumentStore(again, fixture.Time);
            Assert.Equal(10, await store.CountAsync(new DocumentQuery("p", "k"), TestContext.Current.CancellationToken));
        }

        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task Sweeping_deletes_what_has_expired_and_nothing_else()
    {
        await using var fixture = new SqliteFixture();
        var soon = fixture.Time.GetUtcNow().AddMinutes(1);
        await fixture.Commit(Write(WriteMode.Create, "1") with { Expires = soon }, Write(WriteMode.Create, "2"));
        fixture.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, await fixture.Store.SweepAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await fixture.Store.SweepAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, await fixture.Count());
    }
}
