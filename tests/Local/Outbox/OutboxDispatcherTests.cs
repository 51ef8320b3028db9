using Serverless.Contracts.Events;
using Serverless.Domain.Documents;
using Serverless.Local.Outbox;
using static Serverless.Contracts.Events.EventPublisherContract;

namespace Serverless.Local.Tests.Outbox;

public class OutboxDispatcherTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_are_handed_on_in_the_order_of_publishing()
    {
        await using var outbox = new OutboxFixture();
        var handler = new RecordingEventHandler();
        await outbox.Publisher.PublishAsync([Event("c"), Event("a")], Cancellation);
        await outbox.Publisher.PublishAsync([Event("b")], Cancellation);

        outbox.Start(handler);

        Assert.Equal("c", (await handler.NextAsync(Cancellation)).Id);
        Assert.Equal("a", (await handler.NextAsync(Cancellation)).Id);
        Assert.Equal("b", (await handler.NextAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task An_event_that_fails_comes_again_later_to_that_handler_alone_and_holds_no_other_up()
    {
        await using var outbox = new OutboxFixture();
        var failing = new RecordingEventHandler { FailsOn = received => received.Id == "bad" };
        var well = new RecordingEventHandler();
        outbox.Start(failing, well);

        await outbox.Publisher.PublishAsync([Event("bad"), Event("good")], Cancellation);

        Assert.Equal("bad", (await failing.NextAsync(Cancellation)).Id);
        Assert.Equal("good", (await failing.NextAsync(Cancellation)).Id);
        Assert.Equal("bad", (await well.NextAsync(Cancellation)).Id);
        Assert.Equal("good", (await well.NextAsync(Cancellation)).Id);
        foreach (var seconds in new[] { 1, 2, 4 })
        {
            await outbox.Time.TimerSetAsync();
            Assert.Equal(TimeSpan.FromSeconds(seconds), outbox.Time.NextTimer);
            Assert.Equal(0, failing.Waiting);
            outbox.Time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal("bad", (await failing.NextAsync(Cancellation)).Id);
        }

        failing.FailsOn = _ => false;
        await outbox.Time.TimerSetAsync();
        outbox.Time.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal("bad", (await failing.NextAsync(Cancellation)).Id);
        Assert.Equal(0, well.Waiting);
    }

    [Fact]
    public async Task What_failed_before_a_restart_comes_again_after_it()
    {
        await using var outbox = new OutboxFixture();
        var failing = new RecordingEventHandler { FailsOn = _ => true };
        outbox.Start(failing);
        await outbox.Publisher.PublishAsync([Event("1")], Cancellation);
        await failing.NextAsync(Cancellation);
        await outbox.Time.TimerSetAsync();
        await outbox.StopAsync();
        await outbox.Publisher.PublishAsync([Event("2")], Cancellation);

        var handler = new RecordingEventHandler();
        outbox.Start(handler);

        var ids = new[] { (await handler.NextAsync(Cancellation)).Id, (await handler.NextAsync(Cancellation)).Id };
        Assert.Equal(["1", "2"], ids.Order());
    }

    [Fact]
    public async Task A_delivered_event_is_remembered_for_a_day()
    {
        await using var outbox = new OutboxFixture();
        var handler = new RecordingEventHandler();
        outbox.Start(handler);
        await outbox.Publisher.PublishAsync([Event("1")], Cancellation);
        await handler.NextAsync(Cancellation);
        await outbox.Publisher.PublishAsync([Event("2")], Cancellation);
        await handler.NextAsync(Cancellation);

        outbox.Time.Advance(OutboxEntry.Remembered - TimeSpan.FromSeconds(1));
        await outbox.Publisher.PublishAsync([Event("1"), Event("3")], Cancellation);
        Assert.Equal("3", (await handler.NextAsync(Cancellation)).Id);

        outbox.Time.Advance(TimeSpan.FromSeconds(1));
        await outbox.Publisher.PublishAsync([Event("1")], Cancellation);
        Assert.Equal("1", (await handler.NextAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task A_store_that_is_away_is_asked_again()
    {
        var away = true;
        await using var outbox = new OutboxFixture(store => new FlakyStore(store, () => away));
        var handler = new RecordingEventHandler();
        outbox.Start(handler);
        await outbox.Time.TimerSetAsync();
        away = false;

        await outbox.Publisher.PublishAsync([Event("1")], Cancellation);
        outbox.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("1", (await handler.NextAsync(Cancellation)).Id);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(8, 256)]
    [InlineData(9, 300)]
    [InlineData(1000, 300)]
    public void The_delay_doubles_to_five_minutes(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), OutboxDispatcher.Delay(failures));

    private sealed class FlakyStore(IDocumentStore store, Func<bool> away) : IDocumentStore
    {
        public ValueTask<Document?> GetAsync(DocumentKey key, CancellationToken cancellation) => store.GetAsync(key, cancellation);

        public Task<IReadOnlyList<string?>> CommitAsync(
            string partition,
            IReadOnlyList<DocumentWrite> writes,
            CancellationToken cancellation
        ) => store.CommitAsync(partition, writes, cancellation);

        public Task<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellation) =>
            away() ? throw new StoreUnavailableException("The test has it away.") : store.QueryAsync(query, cancellation);

        public Task<long> CountAsync(DocumentQuery query, CancellationToken cancellation) => store.CountAsync(query, cancellation);
    }
}
