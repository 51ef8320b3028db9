using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Tenants;

namespace Serverless.Contracts.Events;

/// <summary>What the outbox of events does on every <see cref="IDocumentStore"/>. An adapter joins by one class that opens it.</summary>
public abstract class EventOutboxContract : IAsyncLifetime
{
    private const string Tenant = "acme";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ManualTime Time { get; } = new();

    private RecordingPublisher Publisher { get; } = new();

    private IDocumentStore store = null!;

    /// <summary>Opens a store that is empty.</summary>
    protected abstract Task<IDocumentStore> OpenAsync(TimeProvider time);

    protected abstract Task CloseAsync();

    public async ValueTask InitializeAsync()
    {
        store = await OpenAsync(Time);
        await new TenantDirectory(store, Time).CreateAsync(new Tenant { Id = Tenant }, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_is_published_is_forgotten()
    {
        var outbox = NewOutbox();
        var events = await CommitAsync(3);

        await outbox.PublishAsync(Tenant, events, Cancellation);

        Assert.Equal(events.Select(one => one.Id), Publisher.Events.Select(one => one.Id));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task What_a_process_that_died_has_left_is_published_later_as_it_was()
    {
        var events = await CommitAsync(230);
        var outbox = NewOutbox();

        await outbox.ResumeAsync(Tenant, Cancellation);
        Assert.Empty(Publisher.Events);
        Time.Advance(PendingEvent.Grace);
        await outbox.ResumeAsync(Tenant, Cancellation);

        Assert.Equal(events.Select(Text), Publisher.Events.Select(Text));
        Assert.Equal(0, await CountAsync());
        await outbox.ResumeAsync(Tenant, Cancellation);
        Assert.Equal(230, Publisher.Events.Count);
    }

    [Fact]
    public async Task After_a_start_nobody_else_is_waited_for()
    {
        await CommitAsync(2);

        await NewOutbox().ResumeAllAsync(Cancellation);

        Assert.Equal((2, 0), (Publisher.Events.Count, await CountAsync()));
    }

    [Fact]
    public async Task Two_instances_at_once_lose_nothing_and_fail_at_nothing()
    {
        var events = await CommitAsync(250);
        Time.Advance(PendingEvent.Grace);
        var bothAsked = new TaskCompletionSource();
        var calls = 0;
        Publisher.Before = (_, _) =>
        {
            if (Interlocked.Increment(ref calls) == 2)
            {
                bothAsked.SetResult();
            }

            return bothAsked.Task;
        };

        await Task.WhenAll(NewOutbox().ResumeAsync(Tenant, Cancellation), NewOutbox().ResumeAsync(Tenant, Cancellation));

        Assert.Equal(events.Select(one => one.Id).Order(), Publisher.Events.Select(one => one.Id).Distinct().Order());
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task A_publisher_that_fails_fails_nobody_and_the_event_stays()
    {
        var outbox = NewOutbox();
        var left = new List<(string Tenant, string Reason)>();
        outbox.Left += (tenant, why) => left.Add((tenant, why.Message));
        Publisher.Before = (_, _) => throw new StoreUnavailableException("Event Grid is away.");

        await outbox.PublishAsync(Tenant, await CommitAsync(1), Cancellation);

        Assert.Equal([(Tenant, "Event Grid is away.")], left);
        Assert.Equal(1, await CountAsync());

        // Nobody waits for it again for a while.
        await outbox.PublishAsync(Tenant, await CommitAsync(1, "later"), Cancellation);
        Assert.Equal(1, Publisher.Calls);

        Publisher.Before = (_, _) => Task.CompletedTask;
        Time.Advance(PendingEvent.Grace);
        await outbox.ResumeAsync(Tenant, Cancellation);
        Assert.Equal((2, 0), (Publisher.Events.Count, await CountAsync()));
    }

    [Fact]
    public async Task A_publisher_that_hangs_holds_the_caller_up_no_longer_than_its_patience()
    {
        var outbox = NewOutbox();
        Publisher.Before = (_, cancelled) => Task.Delay(Timeout.Infinite, cancelled);

        var publishing = outbox.PublishAsync(Tenant, await CommitAsync(1), Cancellation);
        Assert.False(publishing.IsCompleted);
        Time.Advance(EventOutbox.Patience);
        await publishing;

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_caller_who_goes_away_leaves_the_event_for_later()
    {
        using var caller = new CancellationTokenSource();
        Publisher.Before = async (_, cancelled) =>
        {
            await caller.CancelAsync();
            cancelled.ThrowIfCancellationRequested();
        };

        await NewOutbox().PublishAsync(Tenant, await CommitAsync(1), caller.Token);

        Assert.Equal((0, 1), (Publisher.Events.Count, await CountAsync()));
    }

    [Fact]
    public async Task An_event_whose_publication_was_not_heard_of_comes_again_with_its_id()
    {
        var outbox = NewOutbox();
        Publisher.After = () => throw new StoreUnavailableException("The answer was lost.");
        await outbox.PublishAsync(Tenant, await CommitAsync(1), Cancellation);
        Publisher.After = () => Task.CompletedTask;

        Time.Advance(PendingEvent.Grace);
        await outbox.ResumeAsync(Tenant, Cancellation);

        Assert.Equal(2, Publisher.Events.Count);
        Assert.Single(Publisher.Events.Select(Text).Distinct());
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task An_event_that_can_never_be_published_holds_up_no_other()
    {
        await CommitAsync(10);
        Time.Advance(PendingEvent.Grace);
        Publisher.Before = (events, _) =>
            events.Any(one => one.Id is "event-4" or "event-9") ? throw new StoreUnavailableException("413") : Task.CompletedTask;
        var outbox = NewOutbox();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => outbox.ResumeAsync(Tenant, Cancellation));

        Assert.Equal(8, Publisher.Events.Count);
        Assert.Equal(2, await CountAsync());
        var calls = Publisher.Calls;
        await outbox.ResumeAsync(Tenant, Cancellation);
        Assert.Equal(calls, Publisher.Calls);

        Publisher.Before = (_, _) => Task.CompletedTask;
        Time.Advance(TimeSpan.FromMinutes(1));
        await outbox.ResumeAsync(Tenant, Cancellation);
        Assert.Equal((10, 0), (Publisher.Events.Count, await CountAsync()));
    }

    [Fact]
    public async Task A_publisher_that_is_away_is_not_asked_for_each_event()
    {
        await CommitAsync(50);
        Time.Advance(PendingEvent.Grace);
        Publisher.Before = (_, _) => throw new StoreUnavailableException("Away.");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => NewOutbox().ResumeAsync(Tenant, Cancellation));

        Assert.Equal((4, 50), (Publisher.Calls, await CountAsync()));
    }

    [Fact]
    public async Task What_can_never_be_published_is_given_up_in_the_end()
    {
        await CommitAsync(1);
        Publisher.Before = (_, _) => throw new StoreUnavailableException("413");
        var outbox = NewOutbox();
        for (var day = 0; day < PendingEvent.Kept.TotalDays; day++)
        {
            Assert.Equal(1, await CountAsync());
            Time.Advance(TimeSpan.FromDays(1));
            await Record.ExceptionAsync(() => outbox.ResumeAsync(Tenant, Cancellation));
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await CountAsync());
    }

    private EventOutbox NewOutbox() => new(store, Publisher, new TenantDirectory(store, Time), Time);

    /// <summary>Commits events as pending, the first of them the oldest.</summary>
    private async Task<IReadOnlyList<CloudEvent>> CommitAsync(int count, string name = "event")
    {
        var now = Time.GetUtcNow();
        var events = Enumerable.Range(0, count).Select(number => EventOf($"{name}-{number}", now.AddSeconds(number))).ToList();
        foreach (var chunk in events.Chunk(IDocumentStore.MaxWrites))
        {
            await store.CommitAsync(Tenant, [.. chunk.Select(one => PendingEvent.WriteOf(one, now))], Cancellation);
        }

        return events;
    }

    private static CloudEvent EventOf(string id, DateTimeOffset time) =>
        EventPublisherContract.Event(id, $"/tenants/{Tenant}", new JsonObject { ["name"] = "Pümpe 😀" }) with
        {
            Time = time,
        };

    private static string Text(CloudEvent cloudEvent) => CloudEventJson.Write(cloudEvent).ToJsonString();

    private Task<long> CountAsync() => store.CountAsync(new DocumentQuery(Tenant, Kinds.PendingEvent), Cancellation);
}
