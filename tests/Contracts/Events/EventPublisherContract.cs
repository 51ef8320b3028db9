using System.Text.Json.Nodes;
using Serverless.Domain.Events;

namespace Serverless.Contracts.Events;

/// <summary>What every <see cref="IEventPublisher"/> does, seen from a handler of its events. An adapter joins by one class that opens it.</summary>
public abstract class EventPublisherContract : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected RecordingEventHandler Handler { get; } = new();

    protected IEventPublisher Publisher { get; private set; } = null!;

    /// <summary>Opens a publisher whose events reach the handler.</summary>
    protected abstract Task<IEventPublisher> OpenAsync(IEventHandler handler);

    protected abstract Task CloseAsync();

    public async ValueTask InitializeAsync() => Publisher = await OpenAsync(Handler);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    public static CloudEvent Event(string id, string source = "/tenants/acme", JsonObject? data = null) =>
        new(id, source, "serverless.device.created", $"devices/{id}", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), data ?? []);

    protected static void AssertSame(CloudEvent expected, CloudEvent actual) =>
        Assert.Equal(CloudEventJson.Write(expected).ToJsonString(), CloudEventJson.Write(actual).ToJsonString());

    [Fact]
    public async Task An_event_arrives_whole()
    {
        var data = new JsonObject
        {
            ["name"] = "Pümpe 😀 \"1\"",
            ["nothing"] = null,
            ["deep"] = new JsonObject { ["n"] = new JsonArray(1, 2.5, "x") },
        };
        var sent = Event("odd/id ü", data: data) with
        {
            Time = new DateTimeOffset(2026, 3, 1, 13, 0, 0, 123, TimeSpan.FromHours(1)).AddTicks(4567),
        };

        await Publisher.PublishAsync([sent], Cancellation);

        AssertSame(sent, await Handler.NextAsync(Cancellation));
    }

    [Fact]
    public async Task All_events_of_a_large_batch_arrive()
    {
        var events = Enumerable.Range(0, 250).Select(number => Event($"{number}")).ToList();

        await Publisher.PublishAsync(events, Cancellation);

        Assert.Equal(events.Select(sent => sent.Id).Order(), (await Take(250)).Order());
    }

    [Fact]
    public async Task Events_of_many_publishers_arrive()
    {
        await Task.WhenAll(
            Enumerable.Range(0, 50).Select(number => Task.Run(() => Publisher.PublishAsync([Event($"{number}")], Cancellation)))
        );

        Assert.Equal(50, (await Take(50)).Distinct().Count());
    }

    [Fact]
    public async Task Publishing_an_id_again_changes_nothing_before_or_after_delivery()
    {
        var first = Event("1");
        await Publisher.PublishAsync([first, first], Cancellation);
        AssertSame(first, await Handler.NextAsync(Cancellation));

        await Publisher.PublishAsync([Event("1", data: new JsonObject { ["changed"] = true })], Cancellation);
        await Publisher.PublishAsync([Event("2")], Cancellation);

        Assert.Equal("2", (await Handler.NextAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task The_same_id_of_another_source_is_another_event()
    {
        await Publisher.PublishAsync([Event("1"), Event("1", "/tenants/other")], Cancellation);

        var sources = new[] { (await Handler.NextAsync(Cancellation)).Source, (await Handler.NextAsync(Cancellation)).Source };
        Assert.Equal(["/tenants/acme", "/tenants/other"], sources.Order());
    }

    [Fact]
    public async Task Publishing_nothing_is_no_error() => await Publisher.PublishAsync([], Cancellation);

    [Fact]
    public async Task A_cancelled_call_publishes_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Publisher.PublishAsync([Event("1")], new CancellationToken(true)));
        await Publisher.PublishAsync([Event("2")], Cancellation);

        Assert.Equal("2", (await Handler.NextAsync(Cancellation)).Id);
    }

    private async Task<List<string>> Take(int count)
    {
        var ids = new List<string>();
        while (ids.Count < count)
        {
            ids.Add((await Handler.NextAsync(Cancellation)).Id);
        }

        return ids;
    }
}
